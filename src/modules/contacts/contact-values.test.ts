import { describe, expect, it } from "vitest";
import type { ContactValue } from "../../db/schema/contacts.ts";
import { aValue, displayNameOf, primaryOf, tidyValues, withPrimary } from "./contact-values.ts";

const value = (name: string, over: Partial<ContactValue> = {}): ContactValue => ({
  ...aValue(name),
  ...over,
});
const marks = (values: ContactValue[]) => values.map((v) => (v.isPrimary ? `*${v.value}` : v.value));

describe("tidyValues", () => {
  it("has exactly one primary value, whatever was said", () => {
    const three = [value("a"), value("b", { isPrimary: true }), value("c", { isPrimary: true })];
    expect(marks(tidyValues(three))).toEqual(["a", "*b", "c"]);
    expect(marks(tidyValues([value("a"), value("b")]))).toEqual(["*a", "b"]);
    expect(marks(tidyValues(three, "c"))).toEqual(["a", "b", "*c"]);
    expect(tidyValues([])).toEqual([]);
  });

  it("names a value once, with the first label", () => {
    const twice = [value("a"), value("b"), value("a", { label: "work" })];
    expect(tidyValues(twice)).toMatchObject([
      { value: "a", label: "work" },
      { value: "b", label: null },
    ]);
  });

  it.each([
    ["granted", "denied", "denied"],
    ["denied", "granted", "denied"],
    ["granted", "unknown", "granted"],
    ["unknown", "denied", "denied"],
  ] as const)("takes of consent %s and %s the stricter, with its date", (first, second, left) => {
    const twice = [
      value("a", { consent: first, consentAt: first }),
      value("a", { consent: second, consentAt: second }),
    ];
    expect(tidyValues(twice)).toMatchObject([{ consent: left, consentAt: left }]);
  });
});

describe("withPrimary", () => {
  const two = [value("a", { isPrimary: true, label: "home", consent: "granted" }), value("b")];

  it("makes a value that is known the primary one", () => {
    expect(marks(withPrimary(two, "b"))).toEqual(["a", "*b"]);
  });

  it("puts a new value in the place of the primary one, without its consent", () => {
    expect(withPrimary(two, "c")[0]).toMatchObject({
      value: "c",
      label: "home",
      isPrimary: true,
      consent: "unknown",
    });
  });

  it("takes the primary one away", () => {
    expect(marks(withPrimary(two, null))).toEqual(["*b"]);
  });

  it("begins a list", () => {
    expect(marks(withPrimary([], "c"))).toEqual(["*c"]);
    expect(primaryOf(withPrimary([], null))).toBeNull();
  });
});

describe("displayNameOf", () => {
  const nobody = { firstName: null, lastName: null, companyName: null, emails: [], phones: [] };

  it("calls people by their name, firms by theirs and the rest by how they are reached", () => {
    const emails = [value("n@x.test")];
    expect(displayNameOf({ ...nobody, firstName: "Nora", lastName: "Field", companyName: "Acme" })).toBe(
      "Nora Field",
    );
    expect(displayNameOf({ ...nobody, companyName: "Acme", emails })).toBe("Acme");
    expect(displayNameOf({ ...nobody, emails })).toBe("n@x.test");
    expect(displayNameOf({ ...nobody, phones: [value("+13125550123")] })).toBe("+13125550123");
  });
});
