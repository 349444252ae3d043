import { expect, it } from "vitest";
import { inferState } from "./infer-state.ts";

it.each([
  ["Would you like to see it in person? I can offer you tour times.", "tour"],
  ["How many bedrooms would you like?", "bedrooms"],
  ["When would you like to move in?", "move_in_date"],
  ["What monthly budget do you have in mind?", "budget"],
  ["May I have your name and an e-mail address or phone number to book it?", "contact"],
  ["You are booked: a tour on Monday. Anything else I can help with?", "anything_else"],
  ["Two pets per home are welcome.", null],
  [null, null],
])("takes up what %j left open", (bot, awaiting) => {
  expect(inferState(bot).awaiting).toBe(awaiting);
});
