import { describe, expect, it } from "vitest";
import { splitClauses } from "./clauses.ts";
import { namesAssistanceAnimal, readPets } from "./read-pets.ts";
import type { Topic } from "./understanding.ts";

const pets = (text: string, asked: Topic[] = [], answer: "yes" | "no" | null = null) =>
  readPets(text, splitClauses(text), new Set(asked), answer);

it.each([
  ["moving with 2 cats", { has_pets: true, pet_details: "2 cats" }],
  ["Is it pet friendly? I've got a corgi", { has_pets: true, pet_details: "a corgi" }],
  ["I need a place that allows pets", { has_pets: true }],
  ["Are there other apartments where pets are allowed?", { has_pets: true }],
  ["No, it should allow pets", { has_pets: true }],
  ["I don't have any pets", { has_pets: false }],
  ["no pets, one occupant", { has_pets: false }],
])("hears of pets in %j", (text, expected) => {
  expect(pets(text)).toEqual(expected);
});

it.each([
  "Do you allow pets?",
  "Can I bring my dog?",
  "what's the pet deposit",
  "find out if pets are allowed",
  "It does not allow pets",
])("learns nothing of the visitor from %j", (text) => {
  expect(pets(text)).toEqual({});
});

describe("an answer", () => {
  it("counts when pets were asked about", () => {
    expect(pets("yes", ["pets"], "yes")).toEqual({ has_pets: true });
    expect(pets("nope", ["pets"], "no")).toEqual({ has_pets: false });
    expect(pets("2 small dogs", ["pets"])).toEqual({ has_pets: true, pet_details: "2 small dogs" });
  });

  it("says nothing of pets when something else was asked", () => {
    expect(pets("yes", ["tour"], "yes")).toEqual({});
  });
});

it("notes nothing about an assistance animal", () => {
  expect(pets("I have an emotional support dog")).toEqual({});
  expect(namesAssistanceAnimal("my service dog comes along")).toBe(true);
  expect(namesAssistanceAnimal("my dog comes along")).toBe(false);
});
