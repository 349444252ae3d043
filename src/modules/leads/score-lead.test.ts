import { describe, expect, it } from "vitest";
import { type Scored, scoreLead } from "./score-lead.ts";

const today = "2026-11-20";

function aStranger(known: Partial<Scored> = {}): Scored {
  return {
    firstName: null,
    lastName: null,
    email: null,
    phone: null,
    bedrooms: null,
    moveInDate: null,
    leaseMonths: null,
    priceRangeMin: null,
    priceRangeMax: null,
    ...known,
  };
}

const everything: Partial<Scored> = {
  firstName: "Nora",
  lastName: "Field",
  email: "nora@example.test",
  phone: "+13125550123",
  bedrooms: 2,
  moveInDate: "2026-12-01",
  leaseMonths: 12,
  priceRangeMax: 1900,
};

describe("scoreLead", () => {
  it("gives nothing to someone of whom nothing is known", () => {
    expect(scoreLead(aStranger(), false, today)).toEqual({ score: 0, reasons: [] });
  });

  it("reaches exactly 100 when everything speaks for a lease", () => {
    expect(scoreLead(aStranger(everything), true, today).score).toBe(100);
  });

  it("explains every point it gives", () => {
    const { score, reasons } = scoreLead(aStranger({ email: "n@example.test", bedrooms: 0 }), true, today);
    expect(reasons).toEqual([
      { reason: "has a tour ahead", points: 25 },
      { reason: "gave an e-mail address", points: 10 },
      { reason: "named a number of bedrooms", points: 5 },
    ]);
    expect(score).toBe(40);
  });

  it("counts a near move-in for more than a far one, and a past one for nothing", () => {
    const points = (moveInDate: string) => scoreLead(aStranger({ moveInDate }), false, today).score;
    expect([points("2026-12-01"), points("2027-01-10"), points("2027-03-01"), points("2028-01-01")]).toEqual([
      25, 20, 12, 5,
    ]);
    expect(points("2026-11-19")).toBe(0);
  });

  it("adds what was given or taken besides, and says why", () => {
    const adjustments = [
      { reason: "asked for the parking twice", points: 15 },
      { reason: "did not come to the tour", points: -10 },
    ];
    const { score, reasons } = scoreLead(aStranger({ bedrooms: 2 }), false, today, adjustments);
    expect(score).toBe(10);
    expect(reasons).toEqual([{ reason: "named a number of bedrooms", points: 5 }, ...adjustments]);
  });

  it.each([
    ["above", everything, 30, 100],
    ["below", { bedrooms: 2 }, -30, 0],
  ])("never goes %s its bounds, and its explanation still adds up", (_, known, points, expected) => {
    const adjustments = [{ reason: "seen by a person", points }];
    const { score, reasons } = scoreLead(aStranger(known), points > 0, today, adjustments);
    expect(score).toBe(expected);
    expect(reasons.reduce((sum, reason) => sum + reason.points, 0)).toBe(score);
  });

  it("does not look at household or animals", () => {
    const family = { ...aStranger(everything), occupantsCount: 5, hasPets: true };
    expect(scoreLead(family, false, today)).toEqual(scoreLead(aStranger(everything), false, today));
  });
});
