import { describe, expect, it } from "vitest";
import { chooseWorkflow } from "./choose-workflow.ts";
import type { Conditions } from "./workflow-schema.ts";
import { leadWorkflow } from "./workflows/lead.ts";

const workflow = (id: string, conditions: Conditions = {}, is_default = false) => ({
  ...leadWorkflow,
  id,
  conditions,
  is_default,
});
const usual = workflow("usual", {}, true);
const urgent = workflow("urgent", { priority: "high" });
const big = workflow("big", { priority: "high", order_value_min: 10_000 });
const chosen = (
  own: ReturnType<typeof workflow>[],
  context: Record<string, unknown>,
  builtIn = leadWorkflow,
) => chooseWorkflow(own, builtIn, context)?.id;

describe("chooseWorkflow", () => {
  it("takes the one with the most conditions met", () => {
    expect(chosen([usual, urgent, big], { priority: "high", order_value: 10_000 })).toBe("big");
    expect(chosen([usual, urgent, big], { priority: "high", order_value: 9_999 })).toBe("urgent");
    expect(chosen([usual, urgent, big], { priority: "low", order_value: 99_999 })).toBe("usual");
  });

  it("takes the built-in one only where the company has no default", () => {
    expect(chosen([urgent], {})).toBe("builtin-lead");
    expect(chosen([urgent, usual], {})).toBe("usual");
    expect(chosen([workflow("plain")], {})).toBe("builtin-lead");
  });

  it("takes one without conditions rather than none", () => {
    expect(chooseWorkflow([urgent, workflow("plain")], null, {})?.id).toBe("plain");
    expect(chooseWorkflow([urgent], null, {})).toBeNull();
  });

  it("reads lists as one of, and bounds as numbers", () => {
    const either = workflow("either", { region: ["north", "east"], weight_max: 5 });
    expect(chosen([either], { region: "east", weight: 5 })).toBe("either");
    expect(chosen([either], { region: "south", weight: 1 })).toBe("builtin-lead");
    expect(chosen([either], { region: "east", weight: "1" })).toBe("builtin-lead");
    expect(chosen([either], { region: "east" })).toBe("builtin-lead");
  });
});
