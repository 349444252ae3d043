import { describe, expect, it } from "vitest";
import { stageAt } from "./lifecycle.ts";

describe("stageAt", () => {
  it.each([
    ["prospect", "awareness"],
    ["qualified_lead", "interest"],
    ["opportunity", "consideration"],
    ["active_client", "customer"],
  ])("aligns %s with %s", (status, stage) => {
    expect(stageAt(status, undefined, "decision")).toBe(stage);
  });

  it.each(["past_client", "lost_lead", "inactive", "a status of the company's own"])(
    "keeps the stage at %s",
    (status) => {
      expect(stageAt(status, undefined, "decision")).toBe("decision");
    },
  );

  it("takes the stage that is said, whatever the status", () => {
    expect(stageAt("active_client", "retention", "customer")).toBe("retention");
    expect(stageAt("inactive", "retention", "customer")).toBe("retention");
  });

  it("begins with awareness", () => {
    expect(stageAt("inactive", null, null)).toBe("awareness");
  });
});
