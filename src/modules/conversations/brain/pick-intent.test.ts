import { expect, it } from "vitest";
import { pickIntent } from "./pick-intent.ts";
import type { Topic, Understanding } from "./understanding.ts";

function intent(reading: Partial<Understanding>, ...asked: Topic[]) {
  const silent = {
    slots: {},
    affirms: false,
    praises: false,
    denies: false,
    greets: false,
    thanks: false,
    closes: false,
    wantsHome: false,
    wantsTour: false,
    reschedules: false,
    cancels: false,
    wantsHuman: false,
    asks: [],
    picked: null,
    earliestDay: null,
    dayPart: null,
    assistanceAnimal: false,
  };
  return pickIntent({ ...silent, ...reading }, new Set(asked));
}

it("puts a person before everything", () => {
  expect(intent({ wantsHuman: true, wantsTour: true, asks: ["is it furnished?"] })).toBe("talk_to_human");
});

it("puts what is wanted before what is agreed to", () => {
  expect(intent({ affirms: true, slots: { tour_date: "2019-03-08" } }, "tour")).toBe("schedule_tour");
  expect(intent({ affirms: true, asks: ["is it furnished?"] }, "confirmation")).toBe("ask_question");
});

it("lets a yes to a proposed tour be a yes", () => {
  expect(intent({ affirms: true, wantsTour: true }, "tour")).toBe("affirm");
  expect(intent({ affirms: true, wantsTour: true })).toBe("schedule_tour");
});

it("does not cancel a tour that is only to be moved", () => {
  expect(intent({ cancels: true })).toBe("cancel_tour");
  expect(intent({ cancels: true, reschedules: true })).toBe("schedule_tour");
});

it("ends on no only where the bot asked for more wishes", () => {
  expect(intent({ denies: true, closes: true }, "anything_else")).toBe("goodbye");
  expect(intent({ denies: true, closes: true }, "tour")).toBe("deny");
});
