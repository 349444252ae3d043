import { describe, expect, it } from "vitest";
import type { ProspectFields } from "../pms.ts";
import { asStored, changedFields, phoneIn, phoneOut } from "./fields.ts";

const nothing: ProspectFields = {
  firstName: "Noor",
  lastName: "Vandersloot",
  email: null,
  phone: null,
  moveInDate: null,
  rent: null,
  bedrooms: null,
  bathrooms: null,
  leaseMonths: null,
  occupantsCount: null,
  floorplan: null,
  unitNumber: null,
  pets: null,
};

describe("phones", () => {
  it.each([
    ["+16025550147", "(602) 555-0147"],
    ["602-555-0147", "(602) 555-0147"],
    ["+14165550123", "+14165550123"],
    ["+442079460958", "+442079460958"],
    ["call me", "call me"],
    ["the number is on my card, ask me", undefined],
    [null, undefined],
  ])("%s goes out as %s", (phone, sent) => {
    expect(phoneOut(phone)).toBe(sent);
  });

  it("come back in E.164, or as they were typed", () => {
    expect(phoneIn("(602) 555-0147")).toBe("+16025550147");
    expect(phoneIn("ask at the desk")).toBe("ask at the desk");
    expect(phoneIn(" ")).toBeNull();
  });
});

describe("changedFields", () => {
  it("finds nothing where both say the same in other words", () => {
    const ours = {
      ...nothing,
      email: "Noor.V@Example.test",
      phone: "+16025550147",
      bathrooms: { min: 1.5, max: 1.5 },
    };
    const theirs = {
      ...nothing,
      email: "noor.v@example.test",
      phone: "602-555-0147",
      bathrooms: { min: 1, max: 2 },
    };
    expect(changedFields(ours, theirs)).toEqual([]);
  });

  it("never speaks of what we do not know", () => {
    const theirs = {
      ...nothing,
      email: "a@b.test",
      moveInDate: "2026-06-15",
      pets: [{ kind: "dog" as const, count: 1, description: null }],
    };
    expect(changedFields(nothing, theirs)).toEqual([]);
  });

  it("names every field where we know better", () => {
    const ours = {
      ...nothing,
      lastName: "Vos",
      moveInDate: "2026-07-01",
      rent: { min: null, max: 1500 },
      occupantsCount: 2,
    };
    expect(changedFields(ours, { ...nothing, moveInDate: "2026-06-15" })).toEqual([
      "lastName",
      "moveInDate",
      "rent",
      "occupantsCount",
    ]);
  });
});

describe("asStored", () => {
  it("is its own answer when asked twice", () => {
    const fields = {
      ...nothing,
      firstName: "  Noor \n Ann ",
      email: `${"x".repeat(80)}@example.test`,
      rent: { min: 1400.456, max: null },
      pets: [{ kind: "cat" as const, count: 0, description: " " }],
    };
    const stored = asStored(fields);
    expect(stored).toMatchObject({ firstName: "Noor Ann", email: null, rent: { min: 1400.46, max: null } });
    expect(asStored(stored)).toEqual(stored);
    expect(changedFields(fields, stored)).toEqual([]);
  });
});
