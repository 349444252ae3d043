import { describe, expect, it } from "vitest";
import { figuresOf, funnelOf, type Sums } from "./figures.ts";

const none: Sums = {
  conversations: 0,
  chats: 0,
  qualified: 0,
  toured: 0,
  shown: 0,
  applied: 0,
  leased: 0,
  contactsCaptured: 0,
  abandoned: 0,
  handedOff: 0,
  incentivesOffered: 0,
  incentivesAccepted: 0,
  incentivesExpired: 0,
  visitorMessages: 0,
  durationS: 0,
  engagementPoints: 0,
  scoredLow: 0,
  scoredMedium: 0,
  scoredHigh: 0,
  scoredVeryHigh: 0,
  answered: 0,
  firstResponseMs: 0,
  answeredByPerson: 0,
  firstHumanResponseMs: 0,
};

describe("figuresOf", () => {
  it("has no rate and no average where nothing happened", () => {
    expect(figuresOf(none)).toMatchObject({
      qualification_rate: null,
      abandonment_rate: null,
      average_first_response_seconds: null,
      incentives: { acceptance_rate: null },
    });
  });

  it("tells the wait for anybody from the wait for a person", () => {
    const sums = { ...none, chats: 4, answered: 4, firstResponseMs: 8000, answeredByPerson: 1 };
    expect(figuresOf({ ...sums, firstHumanResponseMs: 90_000 })).toMatchObject({
      average_first_response_seconds: 2,
      average_first_human_response_seconds: 90,
    });
  });

  it("counts containment as the chats no person had to enter", () => {
    expect(figuresOf({ ...none, chats: 10, handedOff: 3 })).toMatchObject({
      handoff_rate: 0.3,
      bot_containment_rate: 0.7,
    });
  });
});

describe("funnelOf", () => {
  it("gives each step's share of the one before and of all chats", () => {
    const sums = { ...none, chats: 8, qualified: 4, toured: 3, shown: 3, applied: 1 };
    expect(funnelOf(sums)).toEqual([
      { step: "chat", conversations: 8, of_previous: null, of_chats: 1 },
      { step: "qualified", conversations: 4, of_previous: 0.5, of_chats: 0.5 },
      { step: "tour", conversations: 3, of_previous: 0.75, of_chats: 0.375 },
      { step: "show", conversations: 3, of_previous: 1, of_chats: 0.375 },
      { step: "application", conversations: 1, of_previous: 0.3333, of_chats: 0.125 },
      { step: "lease", conversations: 0, of_previous: 0, of_chats: 0 },
    ]);
  });
});
