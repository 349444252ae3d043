import { expect, it } from "vitest";
import { splitClauses } from "./clauses.ts";
import { searchesHome } from "./home-search.ts";

const searches = (text: string) => splitClauses(text).some(searchesHome);

it.each([
  "I need a 2 bedroom apartment",
  "Can you find me something else?",
  "Are there any other places?",
  "do you have any 1 bedroom available",
  "Do you have a 2 bed?",
  "any more?",
  "keep looking please",
  "what about a furnished studio?",
  "we are moving to Oakland",
])("hears a search in %j", (text) => {
  expect(searches(text)).toBe(true);
});

it.each([
  "Is it a furnished apartment?",
  "Is there a gym in the building?",
  "That sounds like a great apartment",
  "I don't need anything else",
  "Can you find out if pets are allowed?",
  "Some other time maybe",
  "Can you find me a cab?",
])("hears no search in %j", (text) => {
  expect(searches(text)).toBe(false);
});
