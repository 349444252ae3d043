import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { configOf } from "../../src/core/config.ts";
import { seal } from "../../src/core/secrets.ts";
import { analyticsConversations, analyticsEvents } from "../../src/db/schema/analytics.ts";
import { companySecrets } from "../../src/db/schema/companies.ts";
import { outbox } from "../../src/db/schema/outgoing.ts";
import { changeStatus } from "../../src/modules/status/change-status.ts";
import { as } from "../support/api.ts";
import { aContext, deliver, deliverAll, owed, passWaits } from "../support/deliver.ts";
import { aCompany, aConversation, aLead, aMessage, db } from "../support/factories.ts";
import { aSandbox } from "../support/sandbox.ts";

const path = "/api/amplitude-data";
const forward = { topic: "projections" as const, key: "amplitude" };

/** A company with an Amplitude key and events that wait to be forwarded. */
async function aCompanyWithEvents(ids: string[]) {
  const company = await aCompany();
  const sealed = await seal(configOf(env), `${company.id}:amplitude_api_key`, "dev-amplitude-key");
  await db.insert(companySecrets).values({
    companyId: company.id,
    name: "amplitude_api_key",
    ...sealed,
    lastFour: "-key",
    updatedAt: new Date(),
  });
  const conversation = await aConversation(company.property);
  const sandbox = aSandbox();
  const post = (insertIds: string[]) =>
    as(company.agent).post(path, {
      events: insertIds.map((insert_id) => ({
        conversation_id: conversation.id,
        insert_id,
        widget_minimized: 1,
      })),
    });
  await post(ids);
  return {
    company,
    conversation,
    sandbox,
    post,
    work: async () => {
      await passWaits(company.id);
      return deliver(company.id, forward, { fetch: sandbox.fetch });
    },
    kept: async () => (await sandbox.events()).map((event) => event.insert_id),
    states: async () =>
      (await db.select().from(analyticsEvents).where(eq(analyticsEvents.companyId, company.id)))
        .toSorted((a, b) => a.insertId.localeCompare(b.insertId))
        .map((event) => event.forwarding),
    rows: async () => (await owed(company.id, "projections")).filter((row) => row.key === "amplitude"),
  };
}

describe("forwarding to Amplitude", () => {
  it("hands events over in one batch, with ids of ours and nothing by which a person is known", async () => {
    const { work, sandbox, states, conversation } = await aCompanyWithEvents(["a", "b"]);
    await work();
    const events = await sandbox.events();
    expect(events).toMatchObject([
      {
        insert_id: "a",
        event: {
          event_type: "chat_activity",
          device_id: conversation.id,
          event_properties: { conversation_id: conversation.id, widget_minimized: 1 },
        },
      },
      { insert_id: "b" },
    ]);
    expect(await sandbox.calls("amplitude")).toHaveLength(1);
    expect(await states()).toEqual(["sent", "sent"]);
  });

  it("loses nothing and counts nothing twice when the answer is lost", async () => {
    const { work, sandbox, kept, states } = await aCompanyWithEvents(["a"]);
    await sandbox.fault({ service: "amplitude", mode: "drop_after", times: 1 });
    await work();
    expect(await states()).toEqual(["pending"]);
    await work();
    expect(await kept()).toEqual(["a"]);
    expect(await states()).toEqual(["sent"]);
  });

  it("waits out an outage and a request to slow down; only the outage counts as a try", async () => {
    const { work, sandbox, states, rows } = await aCompanyWithEvents(["a"]);
    await sandbox.fault({ service: "amplitude", mode: "status", value: 503, times: 1 });
    await work();
    expect(await rows()).toMatchObject([{ status: "pending", attempts: 1 }]);
    await sandbox.fault({ service: "amplitude", mode: "status", value: 429, times: 1 });
    await work();
    expect(await rows()).toMatchObject([{ status: "pending", attempts: 1 }]);
    await work();
    expect(await states()).toEqual(["sent"]);
  });

  it("waits out an outage of hours without giving up, and says that the vendor is down", async () => {
    const { work, sandbox, states, rows, company } = await aCompanyWithEvents(["a"]);
    await sandbox.fault({ service: "amplitude", mode: "status", value: 503, times: 12 });
    for (let round = 0; round < 12; round += 1) await work();
    expect(await rows()).toMatchObject([{ status: "pending", attempts: 5 }]);
    await db
      .update(outbox)
      .set({ createdAt: new Date(Date.now() - 3_600_000) })
      .where(eq(outbox.companyId, company.id));
    const { body } = await as(company.admin).get("/api/health/external-services");
    expect(body.data.services.amplitude).toMatchObject({ status: "degraded", backlog: { late: 1 } });
    await work();
    expect(await states()).toEqual(["sent"]);
  });

  it("sends less at once when a batch is too large", async () => {
    const { work, sandbox, kept } = await aCompanyWithEvents(["a", "b", "c", "d"]);
    await sandbox.fault({ service: "amplitude", mode: "status", value: 413, times: 2 });
    await work();
    expect(await kept()).toEqual(["a", "b", "c", "d"]);
  });

  it("lets no busy or silenced visitor keep the others waiting", async () => {
    const { company, states } = await aCompanyWithEvents(["a", "b", "c"]);
    const asked: string[][] = [];
    const answers = [
      { code: 429, error: "Too many requests for some devices", throttled_events: [0] },
      { code: 200, events_ingested: 2 },
      { code: 400, error: "Silenced", silenced_events: [0] },
    ];
    const fetch = async (_url: RequestInfo | URL, init?: RequestInit) => {
      const { events } = JSON.parse(init?.body as string) as { events: { insert_id: string }[] };
      asked.push(events.map((event) => event.insert_id));
      const answer = answers[asked.length - 1]!;
      return Response.json(answer, { status: answer.code });
    };
    for (let round = 0; round < 2; round += 1) {
      await passWaits(company.id);
      await deliver(company.id, forward, { fetch });
    }
    expect(asked).toEqual([["a", "b", "c"], ["b", "c"], ["a"]]);
    expect(await states()).toEqual(["refused", "sent", "sent"]);
  });

  it("leaves out the events that Amplitude refuses, and sends the others", async () => {
    const { work, kept, states, company, post } = await aCompanyWithEvents(["a", "b"]);
    await db
      .update(analyticsEvents)
      .set({ eventType: "" })
      .where(and(eq(analyticsEvents.companyId, company.id), eq(analyticsEvents.insertId, "a")));
    await work();
    expect(await kept()).toEqual(["b"]);
    expect(await states()).toEqual(["refused", "sent"]);
    await post(["c"]);
    await work();
    expect(await kept()).toEqual(["b", "c"]);
  });

  it("gives up on a key that Amplitude does not know, and takes up all that waits once there is another", async () => {
    const { work, kept, rows, post, company } = await aCompanyWithEvents(["a"]);
    const unknown = await seal(configOf(env), `${company.id}:amplitude_api_key`, "short");
    await db.update(companySecrets).set(unknown).where(eq(companySecrets.companyId, company.id));
    await work();
    expect(await rows()).toMatchObject([{ status: "parked", lastError: "Amplitude refused the request" }]);
    await as(company.admin).put(`/api/companies/${company.id}/integrations`, {
      amplitude_api_key: "dev-amplitude-key",
    });
    await work();
    expect(await kept()).toEqual(["a"]);
    await post(["b"]);
    await work();
    expect(await kept()).toEqual(["a", "b"]);
  });

  it("of a company without a key does nothing", async () => {
    const company = await aCompany();
    const conversation = await aConversation(company.property);
    await as(company.agent).post(path, { conversation_id: conversation.id });
    expect((await owed(company.id, "projections")).map((row) => row.key)).toEqual([
      `analytics:${conversation.id}`,
    ]);
  });
});

describe("figures", () => {
  it("follow a lead's status by themselves, to the lease", async () => {
    const company = await aCompany();
    const conversation = await aConversation(company.property);
    await aMessage(conversation, { role: "visitor" });
    const lead = await aLead(company.property, { conversationId: conversation.id });
    const ctx = await aContext(company.id);
    for (const toStatus of ["new", "contacted", "qualified", "application", "leased"])
      await changeStatus(ctx, {
        entityType: "lead",
        entityId: lead.id,
        toStatus,
        propertyId: company.property.id,
        facts: { has_name: true, has_contact: true, has_application: true },
      });
    await passWaits(company.id);
    await deliverAll(company.id, "notifications");
    const [row] = await db
      .select()
      .from(analyticsConversations)
      .where(eq(analyticsConversations.conversationId, conversation.id));
    expect(row).toMatchObject({ isQualified: true, isToured: true, isApplied: true, isLeased: true });
  });
});
