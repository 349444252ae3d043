import { describe, expect, it } from "vitest";
import { compare, type Identity } from "./compare-contacts.ts";

const nora: Identity = {
  firstName: "Nora",
  lastName: "Field",
  emails: ["nora@mail.test"],
  phones: ["+13125550123"],
};
const like = (over: Partial<Identity>) => compare(nora, { ...nora, ...over });

describe("compare", () => {
  it("gives a hundred to what agrees in everything, and says in what", () => {
    expect(like({ lastName: "FIELD", firstName: "Nóra" })).toEqual({
      isDuplicate: true,
      score: 100,
      reasons: [
        "same email: nora@mail.test",
        "same phone: +13125550123",
        "same last name: field",
        "same first name: nora",
      ],
    });
  });

  it.each([
    ["e-mail", { emails: ["other@mail.test"] }],
    ["phone", { phones: ["+13125559999"] }],
    ["last name", { lastName: "Smith" }],
    ["first name beside it", { lastName: "Smith", firstName: "Bob" }],
  ])("takes one difference for a change: %s", (_what, over) => {
    expect(like(over).isDuplicate).toBe(true);
  });

  it.each([
    ["e-mail and last name", { emails: ["other@mail.test"], lastName: "Smith" }],
    ["phone and last name", { phones: ["+13125559999"], lastName: "Smith" }],
    ["e-mail and phone", { emails: ["other@mail.test"], phones: ["+13125559999"] }],
  ])("takes two differences for two people: %s", (_what, over) => {
    expect(like(over).isDuplicate).toBe(false);
  });

  it("takes what is not known for no difference, and a name alone for no sign", () => {
    expect(like({ emails: [], lastName: null }).isDuplicate).toBe(true);
    expect(like({ emails: [], phones: [] }).isDuplicate).toBe(false);
  });

  it("finds the one address among several that both have", () => {
    expect(like({ emails: ["x@mail.test", "nora@mail.test"], phones: [] })).toMatchObject({
      isDuplicate: true,
      reasons: expect.arrayContaining(["same email: nora@mail.test"]),
    });
  });

  it("says the same whichever of the two comes first", () => {
    const other = { ...nora, phones: ["+13125559999"], firstName: null };
    expect(compare(nora, other)).toEqual(compare(other, nora));
  });
});
