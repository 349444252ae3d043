import { describe, expect, it } from "vitest";
import { splitClauses } from "./clauses.ts";
import { readSignals, type Signals } from "./read-signals.ts";

const signals = (text: string, ...asked: string[]) => readSignals(splitClauses(text), new Set(asked));

function hears(signal: keyof Signals, heard: string[], not: string[]) {
  describe(`${signal}:`, () => {
    it.each(heard)("hears it in %j", (text) => {
      expect(signals(text)[signal]).toBe(true);
    });
    it.each(not)("does not hear it in %j", (text) => {
      expect(signals(text)[signal]).toBe(false);
    });
  });
}

hears(
  "affirms",
  [
    "yes",
    "Yep, sounds good",
    "That works for me",
    "sure thing",
    "I'd like that",
    "Perfect!",
    "Yes that is correct",
    "please do",
  ],
  ["no", "No, that is not right", "hello", "is that correct?", "good morning", "thanks"],
);
hears(
  "denies",
  [
    "no",
    "Nope, not right now",
    "maybe later",
    "I don't want to",
    "that doesn't work",
    "none of those work",
    "I'd rather not",
  ],
  ["yes", "no problem", "no pets", "sounds good"],
);
hears(
  "closes",
  ["bye", "no, that's all", "That will be all for today", "I'm all set", "nothing else, thanks"],
  ["is that all utilities?", "yes, that is all correct", "thanks"],
);
hears(
  "wantsHuman",
  ["can i talk to someone", "agent please", "I want a real person", "have someone call me", "are you a bot?"],
  ["a place for one person", "what is the contact number of the manager?", "someone told me about you"],
);
hears(
  "cancels",
  ["cancel my tour", "I need to cancel the visit on friday", "I can't make it to my appointment"],
  ["what if I cancel my lease", "what is the cancellation policy"],
);
hears(
  "reschedules",
  ["can we move my tour to tuesday?", "I need to reschedule", "another day please"],
  ["I am moving in June"],
);
hears(
  "wantsTour",
  [
    "I'd like to schedule a visit",
    "can i see it tomorrow",
    "when can we come by",
    "What time slots do you have?",
    "book me a viewing",
    "show me around",
  ],
  [
    "how long is a tour?",
    "do you offer virtual tours?",
    "No, I don't want to schedule a visit",
    "book a cab to visit my mother",
    "some other time",
  ],
);
hears("thanks", ["thanks a lot", "thx"], ["that was helpful"]);
hears("greets", ["Hi there", "good morning"], ["I said hi"]);

it("takes a correction for a no where the bot asked to confirm", () => {
  expect(signals("Actually, I want to see it on the 8th", "confirmation").denies).toBe(true);
  expect(signals("Actually, I want to see it on the 8th").denies).toBe(false);
});
