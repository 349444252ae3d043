import { describe, expect, it } from "vitest";
import { readContact } from "./read-contact.ts";
import type { Topic } from "./understanding.ts";

const contact = (text: string, ...asked: Topic[]) => readContact(text, new Set(asked)).contact;

it("reads name, e-mail and phone from one line", () => {
  expect(contact("Jane Doe, Jane@Doe.org, (415) 555-2671")).toEqual({
    name: "Jane Doe",
    first_name: "Jane",
    last_name: "Doe",
    email: "jane@doe.org",
    phone: "+14155552671",
  });
});

it.each([
  ["my name is Maria Lopez and I have a dog", "Maria Lopez"],
  ["I'm Tom and I'd like to see it", "Tom"],
  ["José García, jose@correo.mx", "José García"],
])("reads the name in %j", (text, name) => {
  expect(contact(text).name).toBe(name);
});

it.each(["I'm looking for a home", "This is great", "I am Moving in June", "cats and dogs, a@b.co"])(
  "sees no name in %j",
  (text) => {
    expect(contact(text).name).toBeUndefined();
  },
);

describe("where the name was asked for", () => {
  it("takes the bare words", () => {
    expect(contact("jane doe", "name").name).toBe("Jane Doe");
    expect(contact("Jean-Luc O'Neil", "name").last_name).toBe("O'Neil");
  });

  it.each(["no", "wait, what about parking?", "2 pm then", "why do you need it"])(
    "does not take %j for one",
    (text) => {
      expect(contact(text, "name").name).toBeUndefined();
    },
  );
});

it("leaves the other readers a text without numbers and addresses", () => {
  const { rest } = readContact("2 bed, bob@x.org 650-555-0123 thanks", new Set());
  expect(rest).not.toMatch(/650|@/);
  expect(rest).toContain("2 bed");
});

it("refuses what only looks like an address", () => {
  expect(contact("see @ you@ @me")).toEqual({});
});
