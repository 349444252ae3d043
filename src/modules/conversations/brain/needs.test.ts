import { describe, expect, it } from "vitest";
import { dayMeant, localDay, localTime, needs } from "./needs.ts";
import { startState, type PlanState } from "./plan.ts";
import { understand } from "./understand.ts";
import type { Slots, TourTime } from "./understanding.ts";

const timeZone = "America/Los_Angeles";
const read = (message: string, offeredSlots: TourTime[] = []) =>
  understand(message, { now: new Date("2019-03-01T17:00:00Z"), timeZone, offeredSlots });
const need = (message: string, state: Partial<PlanState> = {}, known: Slots = {}) =>
  needs(message, read(message), { ...startState(), ...state }, known, timeZone);
const monday = { startsAt: "2019-03-04T18:00:00Z", label: "Mon, 10 AM" };
const tuesday = { startsAt: "2019-03-05T18:00:00Z", label: "Tue, 10 AM" };

it("fetches nothing for small talk", () => {
  expect(need("hello")).toEqual({ faqs: [], times: null, units: false });
});

it("looks up each question by itself", () => {
  expect(need("do you allow dogs and is there a gym?").faqs).toEqual([
    "do you allow dogs",
    "is there a gym?",
  ]);
});

it("looks up a whole message that nothing else can be made of", () => {
  expect(need("I lost my key").faqs).toEqual(["I lost my key"]);
  expect(need("jane@doe.org").faqs).toEqual([]);
});

it("counts units for wishes and for questions on rent", () => {
  expect(need("2 bedrooms under 1800").units).toBe(true);
  expect(need("how much is the rent?").units).toBe(true);
  expect(need("is there a pool?").units).toBe(false);
});

describe("tour times", () => {
  it("are those of the day named", () => {
    expect(need("can I visit on monday at 2?").times).toEqual({
      date: "2019-03-04",
      from: null,
      time: "14:00",
    });
  });

  it("start at the first day that would do", () => {
    expect(need("I want a tour sometime next week").times).toEqual({
      date: null,
      from: "2019-03-04",
      time: null,
    });
  });

  it("are wanted by a yes only where a tour was proposed", () => {
    expect(need("yes", { awaiting: "tour" }).times).not.toBeNull();
    expect(need("yes", { awaiting: "anything_else" }).times).toBeNull();
    expect(need("no", { awaiting: "tour" }).times).toBeNull();
  });
});

describe("the day under discussion", () => {
  const meant = (message: string, offered: PlanState["offered"], known: Slots = {}) =>
    dayMeant(read(message, offered), { ...startState(), offered }, known, timeZone);

  it("is the one day whose times were shown", () => {
    expect(meant("afternoon is better", [monday])).toBe("2019-03-04");
    expect(meant("afternoon is better", [monday, tuesday])).toBeUndefined();
  });

  it("is the one the visitor had named among several", () => {
    expect(meant("at 3 pm", [monday, tuesday], { tour_date: "2019-03-05" })).toBe("2019-03-05");
  });

  it("is the one named now before any other", () => {
    expect(meant("friday at 3 pm", [monday])).toBe("2019-03-08");
  });
});

it("puts instants on the property's calendar and clock", () => {
  expect(localDay("2019-03-10T07:30:00Z", timeZone)).toBe("2019-03-09");
  expect(localTime("2019-03-10T18:00:00Z", timeZone)).toBe("11:00");
});
