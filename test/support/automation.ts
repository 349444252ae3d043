import { env } from "cloudflare:workers";
import { and, type AnyColumn, asc, eq, inArray, like, not } from "drizzle-orm";
import { expect, vi } from "vitest";
import { followUps, leadWorkflowRuns, leadWorkflowSteps } from "../../src/db/schema/automation.ts";
import { leads } from "../../src/db/schema/conversations.ts";
import { tasks } from "../../src/db/schema/knowledge.ts";
import { leadNotifications, mails, outbox } from "../../src/db/schema/outgoing.ts";
import { statusTransitions } from "../../src/db/schema/status.ts";
import { changeStatus } from "../../src/modules/status/change-status.ts";
import { WorkflowAction } from "../../src/modules/status-workflows/action-config.ts";
import { aContext, deliverAll, passWaits } from "./deliver.ts";
import { aCompany, aLead, aLeadWorkflow, db } from "./factories.ts";

type WorkflowDraft = Omit<NonNullable<Parameters<typeof aLeadWorkflow>[1]>, "actions"> & {
  actions?: unknown[];
};

/** A lead of a company whose clock shows `now`, with everything its workflows could do to it. */
export async function aWorkedLead({ now, lead: over = {} }: { now?: string; lead?: object } = {}) {
  const clockOffsetMs = now === undefined ? 0 : Date.parse(now) - Date.now();
  const company = await aCompany({ clockOffsetMs });
  const lead = await aLead(company.property, over);
  const ctx = await aContext(company.id);
  const ofCompany = (table: { companyId: AnyColumn }) => eq(table.companyId, company.id);
  return {
    company,
    lead,
    ctx,
    workflow: ({ actions = [], ...draft }: WorkflowDraft = {}) =>
      aLeadWorkflow(company.property, {
        ...draft,
        actions: actions.map((action) => WorkflowAction.parse(action)),
      }),
    move: async (toStatus: string, more: object = {}) => {
      const { transition } = await changeStatus(await aContext(company.id), {
        entityType: "lead",
        entityId: lead.id,
        toStatus,
        propertyId: lead.propertyId,
        facts: { has_name: true, has_contact: true },
        reason: "by hand",
        ...more,
      });
      return transition;
    },
    /** Lets queues and waits pass until nothing is left to do, but for what is not due yet. */
    settle: () => settle(company.id),
    runs: () =>
      db.select().from(leadWorkflowRuns).where(ofCompany(leadWorkflowRuns)).orderBy(asc(leadWorkflowRuns.id)),
    steps: () =>
      db
        .select()
        .from(leadWorkflowSteps)
        .where(ofCompany(leadWorkflowSteps))
        .orderBy(asc(leadWorkflowSteps.runId), asc(leadWorkflowSteps.position)),
    tasks: () => db.select().from(tasks).where(ofCompany(tasks)),
    mails: () => db.select().from(mails).where(ofCompany(mails)),
    followUps: () => db.select().from(followUps).where(ofCompany(followUps)),
    notices: (type: string) =>
      db
        .select()
        .from(leadNotifications)
        .where(and(ofCompany(leadNotifications), eq(leadNotifications.notificationType, type))),
    moves: async () =>
      (
        await db
          .select()
          .from(statusTransitions)
          .where(and(ofCompany(statusTransitions), eq(statusTransitions.entityId, lead.id)))
          .orderBy(asc(statusTransitions.seq))
      ).map(({ toStatus, component }) => `${toStatus}${component === "status-workflows" ? "*" : ""}`),
    now: async () => (await db.select().from(leads).where(eq(leads.id, lead.id)))[0]!,
  };
}

async function settle(companyId: string): Promise<void> {
  await vi.waitFor(
    async () => {
      await passWaits(companyId);
      await deliverAll(companyId, "notifications");
      await deliverAll(companyId, "projections");
      const left = await db
        .select({ key: outbox.key, error: outbox.lastError })
        .from(outbox)
        .where(
          and(
            eq(outbox.companyId, companyId),
            inArray(outbox.topic, ["notifications", "projections"]),
            eq(outbox.status, "pending"),
            not(like(outbox.key, "follow_up:%")),
          ),
        );
      expect(left).toEqual([]);
    },
    { timeout: 15_000, interval: 20 },
  );
}

/** Has the database refuse every new task of a company until the returned function is called. */
export async function breakTasks(companyId: string): Promise<() => Promise<void>> {
  const name = `no_tasks_${companyId.replaceAll("-", "_")}`;
  await env.DB.prepare(
    `create trigger ${name} before insert on tasks when new.company_id = '${companyId}'
     begin select raise(abort, 'the disk is full'); end`,
  ).run();
  return async () => void (await env.DB.prepare(`drop trigger ${name}`).run());
}
