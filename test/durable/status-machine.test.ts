import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { v7 as uuidv7 } from "uuid";
import { describe, expect, it, vi } from "vitest";
import type { ChangeRequest } from "../../src/durable/status-machine/protocol.ts";
import { statusMachine } from "../../src/durable/stubs.ts";
import { sweepOverdue } from "../../src/modules/status/sweep-overdue.ts";
import { aCompany } from "../support/factories.ts";
import { alarmOf, anOrder } from "../support/an-order.ts";
import { aWorkflow, hours, manager, orders } from "../support/machine.ts";

const dueIn = (ms: number): Partial<ChangeRequest> => ({
  businessContext: { estimated_completion: new Date(Date.now() + ms).toISOString() },
});
const loseAlarm = (machine: ReturnType<typeof statusMachine>) =>
  runInDurableObject(machine, (_object, state) => state.storage.deleteAlarm());

describe("a machine", () => {
  it("goes on as if nothing had happened when it is evicted between any two calls", async () => {
    const order = anOrder();
    for (const status of ["open", "waiting", "open", "review", "done"]) {
      expect(await order.change(status)).toMatchObject({ outcome: "changed", status: { status } });
      await evictDurableObject(order.machine);
    }
    const history = await order.machine.history({ now: Date.now(), limit: 2, offset: 1 });
    expect(history).toMatchObject({ total: 5, status: { status: "done", seq: 5 } });
    expect(history?.transitions.map(({ from, to }) => [from, to])).toEqual([
      ["open", "review"],
      ["waiting", "open"],
    ]);
    await evictDurableObject(order.machine);
    const told = await order.machine.explain(Date.now());
    expect(told?.former.map(({ status, segments }) => [status, segments.length])).toEqual([
      ["open", 3],
      ["review", 1],
    ]);
    expect((await order.projected()).map((row) => row.to_status)).toEqual([
      "open",
      "waiting",
      "open",
      "review",
      "done",
    ]);
  });

  it("makes a change once, however often it is delivered", async () => {
    const order = anOrder();
    const changeId = uuidv7();
    const answers = await Promise.all([1, 2, 3].map(() => order.change("open", { changeId })));
    expect(answers.map((answer) => answer.outcome).sort()).toEqual(["changed", "unchanged", "unchanged"]);
    expect(new Set(answers.map((answer) => "transition" in answer && answer.transition.id)).size).toBe(1);
    await order.change("review");
    expect(await order.change("open", { changeId })).toMatchObject({
      outcome: "unchanged",
      status: { status: "review" },
    });
    expect(await order.change("done", { changeId })).toMatchObject({ outcome: "refused", code: "CONFLICT" });
    expect(await order.events("status_changed")).toHaveLength(2);
  });

  it("lets one of two racing callers win and tells the other where it stands", async () => {
    const order = anOrder();
    await order.change("open");
    const race = await Promise.all(
      ["review", "waiting"].map((status) => order.change(status, { expectedFromStatus: "open" })),
    );
    const [winner, loser] = race[0]?.outcome === "changed" ? race : race.toReversed();
    expect(winner).toMatchObject({ outcome: "changed" });
    const status = winner?.outcome === "changed" && winner.status.status;
    expect(loser).toMatchObject({
      outcome: "refused",
      code: "CONFLICT",
      details: { current_status: status },
    });
    expect(await order.projected()).toHaveLength(2);
  });

  it("leaves no object behind where nothing happened", async () => {
    const order = anOrder();
    expect(await order.machine.current(Date.now())).toBeNull();
    expect(await order.change("done")).toMatchObject({
      outcome: "refused",
      code: "INVALID_STATUS_TRANSITION",
    });
    await order.machine.sweep(Date.now(), 0);
    const left = await runInDurableObject(order.machine, (_object, state) =>
      state.storage.sql.exec("select name from sqlite_master where name = 'entity'").toArray(),
    );
    expect(left).toEqual([]);
    expect(await alarmOf(order.machine)).toBeNull();
    expect(await order.change("open")).toMatchObject({ outcome: "changed" });
  });

  it("stays where it is, and says so, for a caller who only wants it there", async () => {
    const order = anOrder();
    await order.change("open");
    expect(await order.change("open", { keepIfThere: true })).toMatchObject({ outcome: "unchanged" });
    expect(await order.change("open")).toMatchObject({ outcome: "refused" });
    expect(await order.projected()).toHaveLength(1);
  });
});

describe("deadlines", () => {
  it("are told within five seconds by the alarm alone, and once", async () => {
    const order = anOrder();
    await order.change("open", dueIn(400));
    const told = await vi.waitFor(
      async () => {
        const events = await order.events("sla_overdue");
        expect(events).toHaveLength(1);
        return events;
      },
      { timeout: 8000, interval: 100 },
    );
    const deadline = Date.parse(String(told[0]?.payload["sla_deadline"]));
    expect(told[0]!.created_at).toBeGreaterThanOrEqual(deadline);
    expect(told[0]!.created_at - deadline).toBeLessThan(5000);
    expect(await order.row()).toMatchObject({ is_overdue: 1, sla_deadline: deadline });
    await order.machine.sweep(Date.now() + hours(50), 0);
    expect(await order.events("sla_overdue")).toHaveLength(1);
  });

  it("are told once when the alarm and a request come at the same moment", async () => {
    const order = anOrder();
    const now = Date.now();
    await order.change("open", dueIn(hours(1)));
    const late = { now: now + hours(2), clockOffsetMs: hours(2) };
    await Promise.all([
      order.machine.moveClock(hours(2)),
      runDurableObjectAlarm(order.machine),
      order.change("review", late),
      order.machine.sweep(now + hours(2), hours(2)),
    ]);
    expect(await order.events("sla_overdue")).toHaveLength(1);
    const history = await order.machine.history({ now: Date.now(), limit: 1, offset: 0 });
    expect(history?.transitions[0]).toMatchObject({ to: "review", ended: { status: "open", met: false } });
  });

  it("obey a clock that is moved: the alarm rings at the same company time", async () => {
    const order = anOrder();
    const now = Date.now();
    await order.change("open", { now, ...dueIn(0), businessContext: {} });
    expect(await alarmOf(order.machine)).toBe(now + hours(5));
    await order.machine.moveClock(hours(3));
    expect(await alarmOf(order.machine)).toBe(now + hours(2));
    await order.machine.moveClock(-hours(24));
    expect(await alarmOf(order.machine)).toBe(now + hours(29));
    await order.machine.moveClock(hours(6));
    expect((await order.events("sla_warning")).map((event) => event.payload["percent"])).toEqual([50]);
    expect(await alarmOf(order.machine)).toBe(now + hours(1.5));
  });

  it("that a lost alarm did not tell are found by the sweep, which can run again", async () => {
    const { id: companyId } = await aCompany({ clockOffsetMs: hours(30) });
    const onTime = await aCompany();
    const [late, later, real] = [anOrder(companyId), anOrder(companyId), anOrder(onTime.id)];
    const company = { now: Date.now() + hours(30), clockOffsetMs: hours(30) };
    const due = (atMs: number) => ({
      businessContext: { estimated_completion: new Date(atMs).toISOString() },
    });
    await late.change("open", { ...company, ...due(company.now + hours(1)) });
    await later.change("open", { ...company, ...due(company.now + hours(40)) });
    await real.change("open", due(Date.now() + hours(1)));
    for (const { machine } of [late, later, real]) await loseAlarm(machine);

    const inTwoHours = Date.now() + hours(2);
    expect(await sweepOverdue(env, inTwoHours)).toMatchObject({ failed: 0 });
    await sweepOverdue(env, inTwoHours);
    expect(await late.events("sla_overdue")).toHaveLength(1);
    expect(await real.events("sla_overdue")).toHaveLength(1);
    expect(await later.events("sla_overdue")).toHaveLength(0);
    expect(await late.row()).toMatchObject({ is_overdue: 1 });
    expect(await sweepOverdue(env, inTwoHours)).toEqual({ woken: 0, failed: 0 });
  });

  it("mean nothing to an archived entity", async () => {
    const order = anOrder();
    await order.change("open", dueIn(hours(1)));
    const moment = { actor: manager, now: Date.now(), clockOffsetMs: 0 };
    expect(await order.machine.archive(moment)).toMatchObject({ slaDeadline: null });
    await order.machine.moveClock(hours(5));
    expect(await order.events("sla_overdue")).toEqual([]);
    expect(await alarmOf(order.machine)).toBeNull();
    expect(await order.row()).toMatchObject({ is_overdue: 0, sla_deadline: null });
  });

  it("go on with an entity that is taken up again, and tell what came due meanwhile", async () => {
    const order = anOrder();
    await order.change("open", dueIn(hours(1)));
    const moment = { actor: manager, now: Date.now(), clockOffsetMs: 0 };
    await order.machine.archive(moment);
    const later = { ...moment, now: moment.now + hours(5), clockOffsetMs: hours(5) };
    expect(await order.machine.restore(later)).toMatchObject({ status: "open", isOverdue: true });
    await order.machine.restore(later);
    expect(await order.events("sla_overdue")).toHaveLength(1);
    expect(await order.row()).toMatchObject({ is_overdue: 1, archived_at: null });
    expect(await order.change("done", { now: later.now, clockOffsetMs: hours(5) })).toMatchObject({
      outcome: "changed",
    });
  });

  it("leave no object behind where there was nothing to take up", async () => {
    const moment = { actor: manager, now: Date.now(), clockOffsetMs: 0 };
    expect(await anOrder().machine.restore(moment)).toMatchObject({ code: "ENTITY_NOT_FOUND" });
  });
});

describe("approvals", () => {
  async function asked() {
    const order = anOrder();
    await order.change("open");
    await order.change("review");
    const answer = await order.change("paid");
    if (answer.outcome !== "refused") throw new Error("no approval was asked for");
    const approvalId = answer.details["approval_id"] as string;
    const verdict = { approvalId, reason: null, actor: manager, now: Date.now(), clockOffsetMs: 0 };
    const approvals = () =>
      env.DB.prepare("select status, decided_by from status_approvals where company_id = ?")
        .bind(order.companyId)
        .all();
    return { order, approvalId, verdict, approvals };
  }

  it("hold the change back until somebody else approves", async () => {
    const { order, verdict, approvals } = await asked();
    expect(await order.events("approval_requested")).toHaveLength(1);
    expect(await order.row()).toMatchObject({ current_status: "review" });
    expect((await approvals()).results).toEqual([{ status: "pending", decided_by: null }]);
    await evictDurableObject(order.machine);
    expect(await order.machine.decide({ ...verdict, verdict: "approved" })).toMatchObject({
      outcome: "approved",
      changed: { outcome: "changed", transition: { approvedBy: { id: manager.id } } },
    });
    expect(await order.machine.decide({ ...verdict, verdict: "approved" })).toMatchObject({
      outcome: "unchanged",
    });
    expect(await order.row()).toMatchObject({ current_status: "paid" });
    expect((await approvals()).results).toEqual([{ status: "approved", decided_by: manager.id }]);
    expect(await order.projected()).toHaveLength(3);
  });

  it("are void when the entity goes elsewhere, and stay rejected when rejected", async () => {
    const gone = await asked();
    await gone.order.change("done");
    expect((await gone.approvals()).results).toMatchObject([{ status: "superseded" }]);
    expect(await gone.order.machine.decide({ ...gone.verdict, verdict: "approved" })).toMatchObject({
      code: "CONFLICT",
    });
    const refused = await asked();
    expect(await refused.order.machine.decide({ ...refused.verdict, verdict: "rejected" })).toMatchObject({
      outcome: "rejected",
    });
    expect(await refused.order.events("approval_rejected")).toHaveLength(1);
    expect(await refused.order.row()).toMatchObject({ current_status: "review" });
  });

  it("are void when the entity is archived", async () => {
    const { order, verdict, approvals } = await asked();
    await order.machine.archive(verdict);
    expect((await approvals()).results).toMatchObject([{ status: "superseded" }]);
    await order.machine.restore(verdict);
    expect(await order.machine.decide({ ...verdict, verdict: "approved" })).toMatchObject({
      code: "CONFLICT",
    });
    expect(await order.change("paid")).toMatchObject({ code: "APPROVAL_REQUIRED" });
  });

  it("can stand before the very first status", async () => {
    const definition = aWorkflow([
      { status_name: "listed", requires_approval: true, allowed_transitions: ["sold"] },
      { status_name: "sold", is_final: true },
    ]);
    const order = anOrder();
    const answer = await order.change("listed", { definition });
    expect(answer).toMatchObject({ outcome: "refused", code: "APPROVAL_REQUIRED" });
    expect(await order.machine.current(Date.now())).toBeNull();
    const approvalId = (answer.outcome === "refused" && answer.details["approval_id"]) as string;
    const moment = { actor: manager, now: Date.now(), clockOffsetMs: 0 };
    await order.machine.decide({ ...moment, approvalId, verdict: "approved", reason: null });
    expect(await order.row()).toMatchObject({ current_status: "listed" });
  });
});

describe("migration", () => {
  it("is refused, and breaks nothing, where somebody has used its name for a change", async () => {
    const order = anOrder();
    await order.change("open", { changeId: "migration:1" });
    const definition = aWorkflow([{ status_name: "started", is_final: true }], { version: 2 });
    const moment = { now: Date.now(), actor: manager, clockOffsetMs: 0 };
    const request = { ...moment, definition, mapping: { open: "started" }, changeId: "migration:1" };
    expect(await order.machine.migrate(request, false)).toMatchObject({
      outcome: "refused",
      code: "CONFLICT",
    });
    expect(await order.row()).toMatchObject({ current_status: "open", version: 1 });
  });

  it("is rehearsed without a trace and then done, with the clock and the history", async () => {
    const order = anOrder();
    const now = Date.now();
    await order.change("open", { now });
    const definition = aWorkflow(
      [
        { status_name: "started", sla_hours: 20, allowed_transitions: ["done"] },
        { status_name: "done", is_final: true },
      ],
      { version: 2 },
    );
    const request = {
      definition,
      mapping: { open: "started" },
      now,
      actor: manager,
      clockOffsetMs: 0,
      changeId: uuidv7(),
    };
    const planned = await order.machine.migrate(request, true);
    expect(planned).toMatchObject({
      outcome: "planned",
      plan: { to: { status: "started", slaDeadline: now + hours(20) } },
    });
    expect(await order.row()).toMatchObject({ current_status: "open", version: 1 });
    expect(await order.machine.migrate(request, false)).toEqual({ ...planned, outcome: "migrated" });
    expect(await order.row()).toMatchObject({
      current_status: "started",
      version: 2,
      sla_deadline: now + hours(20),
    });
    expect(await order.change("done", { definition: orders })).toMatchObject({ outcome: "changed" });
    expect(await order.events("status_changed")).toHaveLength(2);
  });
});
