import { describe, expect, it } from "vitest";
import { keysOf, termsOf } from "./contact-keys.ts";

const nora = {
  firstName: "Nora",
  lastName: "Müller-O'Neil",
  companyName: "Café 54",
  emails: [{ value: "nora.field@mail.example.test" }],
  phones: [{ value: "+13125550123" }, { value: "+442079460958" }],
  tags: ["VIP"],
};

/** Whether a search finds the person, as the index would. */
function finds(q: string): boolean {
  const keys = keysOf(nora);
  const terms = termsOf(q);
  return (
    terms.length > 0 &&
    terms.every((term) =>
      term.some(({ kind, prefix }) => keys.some((key) => key.kind === kind && key.key.startsWith(prefix))),
    )
  );
}

describe("a search", () => {
  it.each([
    "nora",
    "NOR",
    "muller",
    "Müller-O'Neil",
    "mulleroneil",
    "oneil nora",
    "neil",
    "cafe",
    "54",
    "nora.field@mail.example.test",
    "Nora.Field@Mail",
    "field@mail",
    "mail.example.test",
  ])("finds by name and address: %s", (q) => expect(finds(q)).toBe(true));

  it.each([
    "+1 (312) 555-0123",
    "312.555.0123",
    "1-312-555-0123",
    "(312) 555 0123 ext. 7",
    "011 44 20 7946 0958",
    "0044 20 7946 0958",
    "020 7946 0958",
    "5550123",
    "555-0123",
    "0123",
    "312",
    "nora 555 0123",
    "nora (312) 555-0123",
  ])("finds by a number in any notation: %s", (q) => expect(finds(q)).toBe(true));

  it.each(["ora", "norax", "nora smith", "312 555 9999", "nora 999", "nora.field@other", "!!!", "  ", "tel"])(
    "does not find by what is not there: %s",
    (q) => expect(finds(q)).toBe(false),
  );

  it("asks for at most five things", () => {
    expect(termsOf("a b c d e f g h")).toHaveLength(5);
  });
});

describe("keysOf", () => {
  it("names each key once", () => {
    const keys = keysOf({ ...nora, lastName: "Nora" }).map(({ kind, key }) => `${kind} ${key}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("keeps tags without case or accents", () => {
    expect(keysOf({ ...nora, tags: ["Très VIP"] })).toContainEqual({ kind: "tag", key: "tres vip" });
  });
});
