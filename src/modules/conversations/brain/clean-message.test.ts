import { expect, it } from "vitest";
import { cleanMessage } from "./clean-message.ts";

it.each([
  ["a 2 bed room appartment w/ furnised kitchen", "a 2 bedroom apartment with furnished kitchen"],
  ["tmrw or wensday pls", "tomorrow or wednesday please"],
  ["what’s the   rent", "what's the rent"],
  ["do u have any 1 bdrm avail", "do you have any 1 bedroom available"],
])("mends %j", (typed, meant) => {
  expect(cleanMessage(typed)).toBe(meant);
});

it("leaves ordinary words alone", () => {
  const text = "I want the wonderful apartment on Sunday";
  expect(cleanMessage(text)).toBe(text);
});
