import { describe, expect, it } from "vitest";
import type { Transition } from "../../durable/status-machine/protocol.ts";
import { stageSetBy, stepsOf } from "./contact-history.ts";

function aTransition(from: string | null, to: string, metadata: Transition["metadata"] = {}): Transition {
  return {
    id: `${from} to ${to}`,
    seq: 1,
    changeId: "change",
    kind: "change",
    from,
    to,
    at: 0,
    reason: null,
    actor: { id: "a", name: "Ann", role: "agent", component: null },
    approvedBy: null,
    workflow: { id: "builtin-contact", version: 1 },
    priority: null,
    propertyId: null,
    durationMs: null,
    isMilestone: false,
    slaDeadline: null,
    ended: null,
    businessContext: {},
    metadata,
  };
}

const stages = (transitions: Transition[], before: string | null = null) =>
  stepsOf(transitions, before).map(({ oldStage, newStage }) => [oldStage, newStage]);

describe("stepsOf", () => {
  it("takes the stages a change wrote down", () => {
    const noted = { old_lifecycle_stage: "decision", new_lifecycle_stage: "retention" };
    expect(stages([aTransition("opportunity", "active_client", noted)])).toEqual([["decision", "retention"]]);
  });

  it("follows moves that wrote none down, each from where the one before led", () => {
    expect(
      stages([
        aTransition(null, "prospect"),
        aTransition("prospect", "qualified_lead"),
        aTransition("qualified_lead", "inactive"),
        aTransition("inactive", "lost_lead", { lifecycle_stage: "decision" }),
      ]),
    ).toEqual([
      [null, "awareness"],
      ["awareness", "interest"],
      ["interest", "interest"],
      ["interest", "decision"],
    ]);
  });

  it("does not take anybody's word for a stage that is none", () => {
    expect(stages([aTransition("prospect", "inactive", { lifecycle_stage: "love" })], "interest")).toEqual([
      ["interest", "interest"],
    ]);
  });
});

describe("stageSetBy", () => {
  it("is the stage that was said or the status' own, and nothing where the stage is kept", () => {
    expect(stageSetBy(aTransition("prospect", "qualified_lead"))).toBe("interest");
    expect(stageSetBy(aTransition("prospect", "inactive", { lifecycle_stage: "decision" }))).toBe("decision");
    expect(stageSetBy(aTransition("prospect", "inactive"))).toBeNull();
  });
});
