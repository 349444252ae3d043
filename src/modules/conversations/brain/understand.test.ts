import { describe, expect, it } from "vitest";
import { understand } from "./understand.ts";
import type { MessageContext } from "./understanding.ts";

const context: MessageContext = { now: new Date("2019-03-01T17:00:00Z"), timeZone: "America/Los_Angeles" };
const read = (message: string, more: Partial<MessageContext> = {}) =>
  understand(message, { ...context, ...more });
const after = (previousBotMessage: string, message: string) => read(message, { previousBotMessage });

it("reads all of a prospect's first line", () => {
  expect(read("2br 1ba under $1800 moving mid june w/ 2 cats")).toMatchObject({
    intent: "find_home",
    slots: {
      bedrooms: 2,
      bathrooms: 1,
      price_max: 1800,
      move_in_date: "2019-06-15",
      has_pets: true,
      pet_details: "2 cats",
    },
  });
});

describe("intent", () => {
  it.each([
    ["I'm looking for an apartment", "find_home"],
    ["can i come by saturday at 2?", "schedule_tour"],
    ["tomorrow afternoon would suit me for a visit", "schedule_tour"],
    ["can we move my tour to next tuesday at 11?", "schedule_tour"],
    ["cancel my tour", "cancel_tour"],
    ["do you allow dogs and is there a gym?", "ask_question"],
    ["when are you open on saturday?", "ask_question"],
    ["can i talk to someone", "talk_to_human"],
    ["hello", "greeting"],
    ["thanks, bye", "goodbye"],
    ["my sink is leaking", "other"],
    ["", "other"],
    ["👍", "other"],
  ])("of %j is %s", (message, intent) => {
    expect(read(message).intent).toBe(intent);
  });
});

describe("short answers", () => {
  it("are read in the light of the question", () => {
    expect(after("How many bedrooms do you need?", "two").slots).toEqual({ bedrooms: 2 });
    expect(after("What day would you like to come?", "the 6th").slots).toEqual({ tour_date: "2019-03-06" });
    expect(after("When would you like to move in?", "the 6th").slots).toEqual({ move_in_date: "2019-03-06" });
    expect(after("Would you like to schedule a tour?", "yes").intent).toBe("affirm");
    expect(after("Would you like to schedule a tour?", "no thanks").intent).toBe("deny");
    expect(after("Do you have any pets?", "no").slots).toEqual({ has_pets: false });
    expect(after("In which area?", "Walnut Creek").intent).toBe("find_home");
  });

  it("say nothing without one", () => {
    expect(read("two").slots).toEqual({});
  });
});

describe("a message that does several things", () => {
  it("agrees and asks", () => {
    expect(after("Shall I book Saturday at 2 PM?", "yes, and do you allow pets?")).toMatchObject({
      intent: "ask_question",
      affirms: true,
      asks: ["do you allow pets?"],
    });
  });

  it("refuses and proposes", () => {
    expect(after("Shall I book Saturday at 2 PM?", "no, Sunday instead")).toMatchObject({
      intent: "schedule_tour",
      denies: true,
      slots: { tour_date: "2019-03-03" },
      asks: [],
    });
  });
});

it("takes days from the property's calendar, not from that of the machine", () => {
  const now = new Date("2019-03-02T05:00:00Z");
  expect(read("can I visit tomorrow?", { now }).slots.tour_date).toBe("2019-03-02");
  expect(read("can I visit tomorrow?", { now, timeZone: "Asia/Tokyo" }).slots.tour_date).toBe("2019-03-03");
});

it("keeps the day across a change of the clocks", () => {
  const now = new Date("2019-03-10T07:30:00Z");
  expect(read("can I visit today?", { now }).slots.tour_date).toBe("2019-03-09");
  expect(read("can I visit tomorrow?", { now }).slots.tour_date).toBe("2019-03-10");
});

it("knows which offered time is meant", () => {
  const offeredSlots = [{ startsAt: "2019-03-02T18:00:00Z", label: "Sat, Mar 2, 10:00 AM" }];
  expect(read("10 works", { offeredSlots })).toMatchObject({
    intent: "schedule_tour",
    picked: "2019-03-02T18:00:00Z",
  });
});

it("is not upset by long or strange input", () => {
  for (const text of [
    "need ".repeat(4000),
    "1".repeat(20_000),
    "((((",
    "\u0000\uFFFF",
    "@@@ + - \" ' NEAR(",
  ]) {
    expect(() => read(text, { previousBotMessage: text })).not.toThrow();
  }
});

it("takes a month named with a wished home for the move, even after a tour was offered", () => {
  const context = { now: new Date("2026-11-20T15:00:00Z"), timeZone: "America/Chicago", asked: "tour" };
  const read = understand("I need a two bedroom under $2200 in March", context);
  expect(read).toMatchObject({ intent: "find_home", earliestDay: null });
  expect(read.slots).toMatchObject({ bedrooms: 2, price_max: 2200, move_in_date: "2027-03-01" });
});
