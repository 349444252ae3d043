import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { databaseFor } from "../../src/db/client.ts";
import { companies } from "../../src/db/schema/companies.ts";
import { mails, outbox } from "../../src/db/schema/outgoing.ts";
import { statusWebhooks, webhookDeliveries } from "../../src/db/schema/webhooks.ts";
import { eventsOf } from "../../src/durable/status-machine/events.ts";
import { entityRow, transitionRow } from "../../src/durable/status-machine/projection-rows.ts";
import type { ChangeRequest, Entity } from "../../src/durable/status-machine/protocol.ts";
import { eventRow } from "../../src/durable/status-machine/tell-receivers.ts";
import { projectStatus, type StatusPage } from "../../src/modules/status/project-status.ts";
import { moveWaitingWork } from "../../src/modules/test/move-waiting-work.ts";
import { as } from "./api.ts";
import { deliverAll, quietEnv } from "./deliver.ts";
import { aCompany, db, type TestCompany } from "./factories.ts";
import { aChange, aMemory, moved } from "./machine.ts";
import { aReceiver, type Receiver } from "./receivers.ts";

const topic = "webhook-deliveries" as const;
export const path = "/api/v1/status/webhooks";

/** Registers a receiver by the API; the answer's data, secret and all. */
export async function register(company: TestCompany, receiver: Receiver, over: object = {}) {
  const { status, body } = await as(company.admin).post(path, { webhook_url: receiver.url, ...over });
  if (status !== 201) throw new Error(`not registered: ${JSON.stringify(body)}`);
  return body.data as { id: string; secret_key: string };
}

/** A company with one receiver of everything. */
export async function aCompanyWithReceiver(over: object = {}) {
  const company = await aCompany();
  const receiver = aReceiver();
  return { company, receiver, webhook: await register(company, receiver, over) };
}

/** A registration's row with a message that was given up; nobody listens there. */
export async function aWebhook(company: { id: string }) {
  const webhookId = uuidv7();
  const now = new Date();
  const about = { companyId: company.id, entityType: "order", entityId: "1", sequence: 1 };
  const body = JSON.stringify({ event: "status_changed", timestamp: now.toISOString(), data: {} });
  const delivery = { ...about, webhookId, id: uuidv7(), event: "status_changed", body, outboxId: "" };
  await db.batch([
    db.insert(statusWebhooks).values({
      id: webhookId,
      companyId: company.id,
      url: "https://hooks.example.com/",
      events: ["status_changed"],
      entityTypes: [],
      statusFilters: [],
      propertyIds: [],
      headerHints: {},
      isActive: true,
      createdBy: "test",
      createdAt: now,
      updatedAt: now,
    }),
    db.insert(webhookDeliveries).values({ ...delivery, status: "failed", createdAt: now }),
  ]);
  return { id: webhookId, deliveryId: delivery.id };
}

/** An entity whose moves are projected as its machine would, but wake nobody: the test says when a message is sent. */
export function anOrder(company: TestCompany, entityId: string | number = uuidv7(), entityType = "order") {
  let entity: Entity | null = null;
  const pages: StatusPage[] = [];
  return {
    id: entityId,
    pages,
    move: async (toStatus: string, over: Partial<ChangeRequest> = {}) => {
      const now = await companyNow(company.id);
      const about = { companyId: company.id, entityType, entityId, now };
      const done = moved(aMemory(entity, { newId: uuidv7 }), aChange(toStatus, { ...about, ...over }));
      ({ entity } = done);
      const { transition } = done;
      const page: StatusPage = {
        entities: [entityRow(entity, {})],
        transitions: [transitionRow(entity, transition)],
        approvals: [],
        breaches: [],
        events: eventsOf({ entity, transition }).map((event) =>
          eventRow(done.entity, event, done.entity.seq, uuidv7()),
        ),
        work: [],
        audits: [],
      };
      pages.push(page);
      await projectStatus(databaseFor(env, company.id), page);
      return transition;
    },
  };
}

export async function companyNow(companyId: string): Promise<number> {
  const [company] = await db.select().from(companies).where(eq(companies.id, companyId));
  return Date.now() + company!.clockOffsetMs;
}

/** Sends what is due. */
export function send(company: TestCompany): Promise<void> {
  return deliverAll(company.id, topic);
}

/** Lets so much company time pass, without sending anything. */
export async function pass(company: TestCompany, ms: number): Promise<void> {
  const [row] = await db.select().from(companies).where(eq(companies.id, company.id));
  await db
    .update(companies)
    .set({ clockOffsetMs: row!.clockOffsetMs + ms })
    .where(eq(companies.id, company.id));
  await moveWaitingWork(quietEnv, company.id, ms);
}

/** Lets company time pass up to the next attempt, makes it, and answers how long that was; null when none is to come. */
export async function passToNextAttempt(company: TestCompany): Promise<number | null> {
  const waiting = (await work(company)).filter((row) => row.status === "pending");
  if (waiting.length === 0) return null;
  const ms = Math.max(0, Math.min(...waiting.map((row) => row.nextAttemptAt.getTime())) - Date.now()) + 10;
  await pass(company, ms);
  await send(company);
  return ms;
}

export function work(company: TestCompany) {
  return db
    .select()
    .from(outbox)
    .where(and(eq(outbox.companyId, company.id), eq(outbox.topic, topic)))
    .orderBy(outbox.id);
}

export function deliveriesOf(webhook: { id: string }) {
  return db
    .select()
    .from(webhookDeliveries)
    .where(eq(webhookDeliveries.webhookId, webhook.id))
    .orderBy(webhookDeliveries.id);
}

export async function webhookNow({ id }: { id: string }) {
  return (await db.select().from(statusWebhooks).where(eq(statusWebhooks.id, id)))[0]!;
}

/** Subjects of the mails that were written to the company's administrator. */
export async function toldAdmin(company: TestCompany): Promise<string[]> {
  const rows = await db
    .select({ subject: mails.subject })
    .from(mails)
    .where(and(eq(mails.companyId, company.id), eq(mails.toAddress, company.admin.email)))
    .orderBy(mails.id);
  return rows.map((row) => row.subject);
}
