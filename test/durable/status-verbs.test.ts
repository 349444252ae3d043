import { env } from "cloudflare:workers";
import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import type { Context } from "../../src/core/context.ts";
import { systemContext } from "../../src/core/start-context.ts";
import { companies } from "../../src/db/schema/companies.ts";
import { businessCalendars, statusWorkflows } from "../../src/db/schema/status.ts";
import { adjustStatus, archiveStatus } from "../../src/modules/status/adjust-status.ts";
import { changeStatus, type StatusChangeInput } from "../../src/modules/status/change-status.ts";
import { moveStatusClocks } from "../../src/modules/status/move-clocks.ts";
import { entityIdOf, statusesOf, statusOf } from "../../src/modules/status/status-of.ts";
import type { WorkflowDefinition } from "../../src/modules/status/workflow-schema.ts";
import { aCompany, db } from "../support/factories.ts";
import { hours, office, orders } from "../support/machine.ts";
import { eq } from "drizzle-orm";

async function aContext(companyId: string): Promise<Context> {
  const ctx = await systemContext(env, companyId, "test", (work) => void work);
  if (!ctx) throw new Error("no such company");
  return ctx;
}

async function aTenant(over: Partial<typeof companies.$inferInsert> = {}) {
  const company = await aCompany(over);
  return { company, ctx: await aContext(company.id) };
}

async function define(companyId: string, over: Partial<WorkflowDefinition> = {}) {
  const definition = { ...orders, name: over.id ?? orders.name, ...over };
  const { id, version, entity_type: entityType, name, is_default: isDefault } = definition;
  await db.insert(statusWorkflows).values({
    companyId,
    id,
    version,
    entityType,
    name,
    isDefault,
    isActive: true,
    definition,
    createdBy: "test",
    createdAt: new Date(),
  });
}

const order = (toStatus: string, over: Partial<StatusChangeInput> = {}): StatusChangeInput => ({
  entityType: "order",
  entityId: uuidv7(),
  toStatus,
  ...over,
});

describe("changeStatus", () => {
  it("knows no workflow for a type nobody defined", async () => {
    const { ctx } = await aTenant();
    await expect(changeStatus(ctx, order("open"))).rejects.toMatchObject({
      code: "WORKFLOW_NOT_FOUND",
      status: 404,
    });
  });

  it("begins in the workflow with the most conditions met, of this company only", async () => {
    const { ctx, company } = await aTenant();
    const other = await aCompany();
    await define(company.id, { id: "usual" });
    await define(company.id, { id: "express", is_default: false, conditions: { priority: "high" } });
    await define(other.id, { id: "theirs", is_default: false, conditions: { priority: "high", rush: true } });
    const context = { priority: "high", rush: true };
    const { status } = await changeStatus(ctx, order("open", { businessContext: context }));
    expect(status.workflow.id).toBe("express");
    expect((await changeStatus(ctx, order("open"))).status.workflow.id).toBe("usual");
  });

  it("gives the built-in types to every company", async () => {
    const { ctx, company } = await aTenant();
    const lead = { entityType: "lead", entityId: uuidv7(), propertyId: company.property.id };
    await changeStatus(ctx, { ...lead, toStatus: "new" });
    await expect(changeStatus(ctx, { ...lead, toStatus: "qualified" })).rejects.toMatchObject({
      code: "MISSING_REQUIRED_FIELD",
      details: { missing_fields: ["has_name", "has_contact"] },
    });
    const facts = { has_name: true, has_contact: true };
    const { transition } = await changeStatus(ctx, { ...lead, toStatus: "qualified", facts });
    expect(transition).toMatchObject({ from: "new", to: "qualified", isMilestone: true });
    expect(transition.actor).toMatchObject({ component: "test" });
  });

  it("counts time by the property's calendar, else its office hours, else the company's", async () => {
    const { ctx, company } = await aTenant();
    await define(company.id);
    const { id: propertyId } = company.property;
    const inHours = async (over: Partial<StatusChangeInput>) => {
      const change = await changeStatus(ctx, order("open", over));
      const told = await env.STATUS_MACHINE.getByName(
        `${company.id}:order:${change.status.entityId}`,
      ).explain(0);
      return Object.keys(told?.calendars ?? {});
    };
    expect(await inHours({})).toEqual([]);
    const keep = (kept: string) =>
      db.insert(businessCalendars).values({
        companyId: company.id,
        propertyId: kept,
        version: 3,
        timeZone: office.time_zone,
        hours: office.hours,
        updatedAt: new Date(),
      });
    await keep("");
    expect(await inHours({})).toEqual(["company:3"]);
    const [officeHours] = await inHours({ propertyId });
    expect(officeHours).toMatch(company.property.officeHours ? /^office:/ : /^company:3$/);
    await keep(propertyId);
    expect(await inHours({ propertyId })).toEqual([`property:${propertyId}:3`]);
  });
});

describe("statusesOf", () => {
  it("answers for hundreds at once, leaving out the unknown, the archived and other companies'", async () => {
    const { ctx, company } = await aTenant();
    const stranger = await aTenant();
    await define(company.id);
    await define(stranger.company.id);
    const ids = [uuidv7(), uuidv7(), uuidv7()];
    for (const entityId of ids) await changeStatus(ctx, order("open", { entityId }));
    await changeStatus(stranger.ctx, order("open", { entityId: 77 }));
    await archiveStatus(ctx, { entityType: "order", entityId: ids[2]! });
    const refs = [...ids, 77, ...Array.from({ length: 300 }, () => uuidv7())].map((entityId) => ({
      entityType: "order",
      entityId,
    }));
    const known = await statusesOf(ctx, refs);
    expect([...known.keys()].sort()).toEqual(
      ids
        .slice(0, 2)
        .map((id) => `order:${id}`)
        .sort(),
    );
    expect(await statusOf(ctx, "order", ids[2]!)).toBeNull();
  });

  it("gives an id back as it came", async () => {
    const { ctx, company } = await aTenant();
    await define(company.id);
    const number = Date.now();
    expect((await changeStatus(ctx, order("open", { entityId: number }))).status.entityId).toBe(number);
    expect(entityIdOf((await statusOf(ctx, "order", String(number)))!)).toBe(number);
    await changeStatus(ctx, order("open", { entityId: "0042" }));
    expect(entityIdOf((await statusOf(ctx, "order", "0042"))!)).toBe("0042");
  });
});

describe("adjustStatus", () => {
  it("moves the deadline with the priority and with a new date", async () => {
    const { ctx, company } = await aTenant();
    await define(company.id);
    const { status } = await changeStatus(ctx, order("open"));
    const high = await adjustStatus(ctx, status, { priority: "high" });
    expect(high.slaDeadline).toBe(status.since + hours(4));
    const dueAt = new Date(status.since + hours(100));
    await adjustStatus(ctx, status, { dueAt, ownerId: "somebody" });
    expect(await statusOf(ctx, "order", status.entityId)).toMatchObject({
      slaDeadline: dueAt,
      ownerId: "somebody",
    });
    await expect(adjustStatus(ctx, { entityType: "order", entityId: "none" }, {})).rejects.toMatchObject({
      code: "ENTITY_NOT_FOUND",
    });
  });

  it("counts by the hours of the property an entity is given to, also a clock that begins with a priority", async () => {
    const { ctx, company } = await aTenant();
    const steps = orders.steps.map((step) =>
      step.status_name === "open" ? { ...step, sla_hours: null } : step,
    );
    await define(company.id, { steps });
    const { status } = await changeStatus(ctx, order("open"));
    expect(status.slaDeadline).toBeNull();
    const { id: propertyId } = company.property;
    await adjustStatus(ctx, status, { propertyId });
    await adjustStatus(ctx, status, { priority: "high" });
    const explained = await env.STATUS_MACHINE.getByName(`${company.id}:order:${status.entityId}`).explain(0);
    expect(explained?.clock?.segments).toMatchObject([
      { calendarVersion: expect.stringMatching(`^office:${propertyId}:`) },
    ]);
    const { status: begun } = await changeStatus(ctx, order("open"));
    const { status: other } = await changeStatus(ctx, order("review", { entityId: begun.entityId }));
    const running = env.STATUS_MACHINE.getByName(`${company.id}:order:${other.entityId}`);
    await adjustStatus(ctx, other, { propertyId });
    expect((await running.explain(0))?.clock?.segments).toMatchObject([
      { calendarVersion: null },
      { calendarVersion: expect.stringMatching(`^office:${propertyId}:`) },
    ]);
  });
});

describe("moveStatusClocks", () => {
  it("has everything due by the new time told before it returns", async () => {
    const { ctx, company } = await aTenant();
    await define(company.id);
    const { status } = await changeStatus(ctx, order("open"));
    const { status: finished } = await changeStatus(ctx, order("open"));
    await changeStatus(ctx, order("done", { entityId: finished.entityId }));
    await db
      .update(companies)
      .set({ clockOffsetMs: hours(72) })
      .where(eq(companies.id, company.id));
    expect(await moveStatusClocks(env, company.id, hours(72))).toBe(1);
    const later = await aContext(company.id);
    expect(await statusOf(later, "order", status.entityId)).toMatchObject({ isOverdue: true });
    const told = await env.DB.prepare(
      "select payload->>'kind' as kind from outbox where company_id = ? order by id",
    )
      .bind(company.id)
      .all<{ kind: string }>();
    expect(told.results.map((row) => row.kind)).toContain("sla_overdue");
  });
});
