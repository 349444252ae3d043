import { describe, expect, it } from "vitest";
import { questionKey } from "./question-key.ts";

describe("questionKey", () => {
  it.each([
    ["Is there parking?", "is there  PARKING"],
    ["What's the deposit?", "Whats the deposit"],
    ["Wi-Fi included?", "wi fi included"],
    ["¿Hay estacionamiento?", "hay estacionamiento"],
  ])("takes %j and %j for the same question", (one, other) => {
    expect(questionKey(one)).toBe(questionKey(other));
  });

  it.each([
    ["Is there parking?", "Is there a pool?"],
    ["Do you allow dogs?", "Do you allow cats?"],
    ["???", "!!!"],
  ])("keeps %j and %j apart", (one, other) => {
    expect(questionKey(one)).not.toBe(questionKey(other));
  });
});
