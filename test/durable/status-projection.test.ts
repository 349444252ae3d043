import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import { mostBytes } from "../../src/durable/status-machine/pages.ts";
import { openStore } from "../../src/durable/status-machine/machine-store.ts";
import { checkProjection } from "../../src/modules/status/check-projection.ts";
import { projectStatus } from "../../src/modules/status/project-status.ts";
import { repairProjection } from "../../src/modules/status/repair-projection.ts";
import { alarmOf, anOrder, refuseWrites } from "../support/an-order.ts";
import { hours } from "../support/machine.ts";

const beginning = { seq: 0, event: 0 };

describe("the projection", () => {
  it("equals the machine again after the database refused two hundred changes", async () => {
    const order = anOrder();
    await order.change("open");
    const comeBack = await refuseWrites(order.companyId, "status_entities");
    for (let n = 0; n < 200; n += 1)
      expect(await order.change(n % 2 === 0 ? "waiting" : "open")).toMatchObject({ outcome: "changed" });
    expect(await order.projected()).toHaveLength(1);
    expect(await alarmOf(order.machine)).not.toBeNull();
    await comeBack();
    await evictDurableObject(order.machine);
    expect(await runDurableObjectAlarm(order.machine)).toBe(true);

    const truth = await order.machine.snapshot(beginning, 1000);
    expect(await order.projected()).toEqual(
      truth?.transitions.map(({ seq, to_status }) => ({ seq, to_status })),
    );
    expect(await order.projected()).toHaveLength(201);
    expect(await order.row()).toMatchObject({ current_status: "open", seq: 201, version: 201 });
    expect(await order.events("status_changed")).toHaveLength(201);
    expect(await alarmOf(order.machine)).toBeGreaterThan(Date.now() + hours(1));
  });

  it("catches up however much was said meanwhile, page by page", async () => {
    const order = anOrder();
    await order.change("open");
    const comeBack = await refuseWrites(order.companyId, "status_entities");
    // As much as a caller may say, in letters of three bytes.
    const much = { note: ["漢".repeat(16_000)] };
    for (let n = 0; n < 60; n += 1)
      await order.change(n % 2 === 0 ? "waiting" : "open", { businessContext: much, metadata: much });
    const page = await runInDurableObject(order.machine, (_object, { storage }) =>
      openStore(storage.sql).waiting(200, mostBytes),
    );
    expect(page.reduce((sum, { body }) => sum + new TextEncoder().encode(body).length, 0)).toBeLessThan(1e6);
    await comeBack();
    await runDurableObjectAlarm(order.machine);
    expect(await order.projected()).toHaveLength(61);
    expect(await order.row()).toMatchObject({ current_status: "open", seq: 61 });
    const ref = { entityType: "order", entityId: order.id };
    expect(await checkProjection(env, order.companyId, ref, false)).toBeNull();
    expect(await repairProjection(env, order.companyId, "order", order.id)).toBe(61);
    expect(await checkProjection(env, order.companyId, ref, false)).toBeNull();
  });

  it("shows of what was ever said the latest, and never more than a row can hold", async () => {
    const order = anOrder();
    for (let n = 0; n < 30; n += 1)
      await order.change(n === 0 || n % 2 === 0 ? "open" : "waiting", {
        businessContext: { [`note_${n}`]: "漢".repeat(5000), order_number: n },
      });
    const row = await env.DB.prepare("select entity_details from status_entities where company_id = ?")
      .bind(order.companyId)
      .first<{ entity_details: string }>();
    const details = JSON.parse(row?.entity_details ?? "{}") as Record<string, unknown>;
    expect(Object.keys(details)).toEqual(["note_27", "note_28", "note_29", "order_number"]);
    expect(details["order_number"]).toBe(29);
  });

  it("never takes an older page over a newer one, nor a page twice", async () => {
    const order = anOrder();
    await order.change("open");
    const older = await order.machine.snapshot(beginning, 10);
    await order.change("review");
    const newer = await order.machine.snapshot(beginning, 10);
    for (const page of [older, newer, older]) await projectStatus(env.DB, page!);
    expect(await order.row()).toMatchObject({ current_status: "review", version: 2 });
    expect(await order.projected()).toHaveLength(2);
  });

  it("is rebuilt from the machine when rows are lost", async () => {
    const order = anOrder();
    for (const status of ["open", "review", "done"]) await order.change(status);
    const before = [await order.row(), await order.projected()];
    await env.DB.batch([
      env.DB.prepare("delete from status_entities where company_id = ?").bind(order.companyId),
      env.DB.prepare("delete from status_transitions where company_id = ?").bind(order.companyId),
    ]);
    expect(await repairProjection(env, order.companyId, "order", order.id)).toBe(3);
    expect([await order.row(), await order.projected()]).toEqual(before);
    expect(await repairProjection(env, order.companyId, "order", uuidv7())).toBeNull();
  });
});
