import { describe, expect, it } from "vitest";
import { stepsAhead } from "./steps-ahead.ts";

const nothing = { has_name: false, has_contact: false, isAnswered: false };
const everything = { has_name: true, has_contact: true, isAnswered: true };

describe("stepsAhead", () => {
  it("makes every lead new first", () => {
    expect(stepsAhead(null, nothing)).toEqual(["new"]);
  });

  it("goes the whole way at once when everything is known", () => {
    expect(stepsAhead(null, everything)).toEqual(["new", "contacted", "qualified"]);
  });

  it("holds a lead nobody has answered at new", () => {
    expect(stepsAhead("new", nothing)).toEqual([]);
  });

  it("needs both a name and a way to reach the person to qualify", () => {
    expect(stepsAhead("contacted", { ...everything, has_name: false })).toEqual([]);
    expect(stepsAhead("contacted", { ...everything, has_contact: false })).toEqual([]);
    expect(stepsAhead("contacted", everything)).toEqual(["qualified"]);
  });

  it("skips the answer when the person has told everything before it", () => {
    expect(stepsAhead("new", { ...everything, isAnswered: false })).toEqual(["qualified"]);
  });

  it.each(["qualified", "tour_scheduled", "application", "leased", "lost"])(
    "leaves a lead at %s alone",
    (status) => {
      expect(stepsAhead(status, everything)).toEqual([]);
    },
  );
});
