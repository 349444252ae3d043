import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { expect, it, vi } from "vitest";
import { commit, type Work } from "../../src/core/outbox.ts";
import { systemContext } from "../../src/core/start-context.ts";
import { leadNotifications, outbox } from "../../src/db/schema/outgoing.ts";
import { companies } from "../../src/db/schema/companies.ts";
import { idempotencyKeys } from "../../src/db/schema/ledger.ts";
import worker from "../../src/index.ts";
import { staffNotice } from "../../src/modules/lead-notifications/staff-notice.ts";
import { aCompany, db } from "../support/factories.ts";

async function tick(cron: string, at = Date.now()) {
  const execution = createExecutionContext();
  await worker.scheduled(createScheduledController({ cron, scheduledTime: new Date(at) }), env, execution);
  await waitOnExecutionContext(execution);
}

it("work whose nudge was lost is found by the minute's sweep and done once", async () => {
  const company = await aCompany();
  const ctx = await systemContext(env, company.id, "test", () => {});
  if (!ctx) throw new Error("the company is there");
  const work: Work = staffNotice({
    dedupeKey: "lost",
    type: "new_lead",
    propertyId: company.otherProperty.id,
    title: "Lost nudge",
    body: "found by the sweep",
  });
  const touched = db.update(companies).set({ name: "Swept" }).where(eq(companies.id, company.id));
  // The nudge goes into a deferred promise that this context drops.
  await commit({ ...ctx, defer: () => {} }, [touched], [work]);
  await tick("* * * * *");
  await vi.waitFor(async () => {
    const [row] = await db.select().from(outbox).where(eq(outbox.companyId, company.id));
    expect(row?.status).toBe("done");
  }, 5000);
  await tick("* * * * *");
  const notices = await db
    .select()
    .from(leadNotifications)
    .where(eq(leadNotifications.companyId, company.id));
  expect(notices.map((notice) => notice.propertyManagerId)).toEqual([company.manager.managerId]);
});

it("what has served its time is removed, what has not stays", async () => {
  const now = Date.now();
  const row = { fingerprint: "f", status: 200, body: "{}", lockedUntil: new Date(now) };
  await db.insert(idempotencyKeys).values([
    { caller: "sweep", key: "old", ...row, expiresAt: new Date(now - 1) },
    { caller: "sweep", key: "young", ...row, expiresAt: new Date(now + 60_000) },
  ]);
  await tick("0 * * * *", now);
  const left = await db.select().from(idempotencyKeys).where(eq(idempotencyKeys.caller, "sweep"));
  expect(left.map((kept) => kept.key)).toEqual(["young"]);
});
