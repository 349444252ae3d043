import { expect, it } from "vitest";
import { askedTopics } from "./asked-topics.ts";

const topics = (bot: string | null, asked?: string) => [...askedTopics(bot, asked)].toSorted();

it.each([
  ["How many bedrooms and bathrooms do you need?", ["bathrooms", "bedrooms"]],
  ["In which area should I look?", ["area"]],
  ["Would you like to schedule a visit?", ["tour"]],
  ["Is there anything else I can help with?", ["anything_else"]],
  ["You would like to visit Maple Court on March 9th.", ["confirmation"]],
])("reads what %j asks", (bot, expected) => {
  expect(topics(bot)).toEqual(expected);
});

it("hears no question in what the bot told", () => {
  expect(topics("It has 2 bedrooms. Pets are not allowed.")).toEqual([]);
  expect(topics(null)).toEqual([]);
});

it("does not take a home on offer for a question on bedrooms", () => {
  expect(topics("How about a place with 2 bedrooms and 1 bath?")).toEqual([]);
});

it("believes the topic it is told", () => {
  expect(topics("Which one suits you?", "tour_time")).toEqual(["tour_time"]);
  expect(topics("May I have it?", "contact")).toEqual(["contact", "name"]);
});
