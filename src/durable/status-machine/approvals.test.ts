import { describe, expect, it } from "vitest";
import { aChange, agent, aMemory, anEntity, hours, manager, monday } from "../../../test/support/machine.ts";
import { judge, type Verdict } from "./approvals.ts";
import { decideChange } from "./machine.ts";
import type { Approval } from "./protocol.ts";

const entity = anEntity(["open", 0], ["review", 1]);

function asked(): Approval {
  const decision = decideChange(
    aMemory(entity),
    aChange("paid", { now: monday + hours(2), facts: { signed: false } }),
  );
  if (decision.outcome !== "refused" || !decision.opened) throw new Error("no approval was opened");
  return decision.opened;
}

function verdict(over: Partial<Verdict> = {}): Verdict {
  return {
    approvalId: "a",
    verdict: "approved",
    reason: null,
    actor: manager,
    now: monday + hours(3),
    clockOffsetMs: 0,
    ...over,
  };
}

describe("judge", () => {
  it("makes the change that was asked for, at the time of the verdict", () => {
    expect(judge(aMemory(entity), asked(), verdict({ reason: "fine" }))).toMatchObject({
      outcome: "approved",
      approval: { status: "approved", decidedBy: { id: "manager-1" }, decisionReason: "fine" },
      moved: {
        entity: { status: "paid", since: monday + hours(3) },
        transition: { actor: { id: "agent-1" } },
      },
    });
  });

  it("rejects without a move", () => {
    const judged = judge(aMemory(entity), asked(), verdict({ verdict: "rejected", reason: "too early" }));
    expect(judged).toMatchObject({
      outcome: "rejected",
      approval: { status: "rejected", decisionReason: "too early" },
    });
    expect(judged).not.toHaveProperty("moved");
  });

  it("is not for the requester, nor for those without the permission", () => {
    const requester = { ...agent, permissions: ["approve_status"] };
    expect(judge(aMemory(entity), asked(), verdict({ actor: requester }))).toMatchObject({
      code: "PERMISSION_DENIED",
    });
    const other = { ...agent, id: "agent-2" };
    expect(judge(aMemory(entity), asked(), verdict({ actor: other }))).toMatchObject({
      code: "PERMISSION_DENIED",
    });
  });

  it("happens once", () => {
    const approved: Approval = { ...asked(), status: "approved" };
    expect(judge(aMemory(entity), approved, verdict()).outcome).toBe("unchanged");
    expect(judge(aMemory(entity), approved, verdict({ verdict: "rejected" }))).toMatchObject({
      code: "CONFLICT",
    });
    expect(judge(aMemory(entity), null, verdict())).toMatchObject({ code: "ENTITY_NOT_FOUND" });
  });

  it("is void once the entity has moved on", () => {
    const elsewhere = anEntity(["open", 0]);
    expect(judge(aMemory(elsewhere), asked(), verdict())).toMatchObject({
      code: "CONFLICT",
      details: { current_status: "open" },
    });
    const moved = decideChange(aMemory(entity, { pending: [asked()] }), aChange("done"));
    expect(moved).toMatchObject({ superseded: [{ status: "superseded" }] });
  });
});
