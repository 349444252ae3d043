import { expect, it } from "vitest";
import { amenityNames, chooseProperty, type Demo } from "./demo-data.ts";

const property = (id: string) => ({ id, name: id, time_zone: "America/Chicago", embed_key: `pk_${id}` });
const demo: Demo = {
  password: "x",
  companies: [
    { id: "c1", name: "Maple", accounts: [], properties: [property("p1"), property("p2")] },
    { id: "c2", name: "Cedar", accounts: [], properties: [property("p3")] },
  ],
};

it("finds a property in whichever company has it", () => {
  expect(chooseProperty(demo, "p3")).toMatchObject({ company: { id: "c2" }, property: { id: "p3" } });
});

it("falls back to the first property for an unknown id or none", () => {
  expect(
    [chooseProperty(demo, "nope"), chooseProperty(demo, null)].map((found) => found?.property.id),
  ).toEqual(["p1", "p1"]);
  expect(chooseProperty({ ...demo, companies: [] }, null)).toBeNull();
});

it("reads amenities as words or as records, and passes over the rest", () => {
  expect(amenityNames(["Pool", { name: "Gym" }, 5, null, {}])).toEqual(["Pool", "Gym"]);
  expect(amenityNames({ pool: true })).toEqual([]);
});
