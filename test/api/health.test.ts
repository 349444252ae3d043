import { beforeEach, describe, expect, it } from "vitest";
import { env } from "cloudflare:workers";
import { parts } from "../../src/core/routers.ts";
import { configOf } from "../../src/core/config.ts";
import { seal } from "../../src/core/secrets.ts";
import { companySecrets } from "../../src/db/schema/companies.ts";
import { outbox } from "../../src/db/schema/outgoing.ts";
import { resmanGate } from "../../src/durable/resman-gate/stub.ts";
import { anonymous, as } from "../support/api.ts";
import { aCompany, aConversation, aLead, aMessage, db } from "../support/factories.ts";
import { aSandbox } from "../support/sandbox.ts";

beforeEach(() => {
  delete parts.fetch;
});

/** A lead whose push to ResMan has failed for an hour. */
async function aStuckCompany() {
  const company = await aCompany();
  const lead = await aLead(company.property);
  const longAgo = new Date(Date.now() - 3_600_000);
  await db.insert(outbox).values({
    id: crypto.randomUUID(),
    companyId: company.id,
    topic: "resman-sync",
    key: `lead:${lead.id}`,
    payload: { kind: "lead", lead_id: lead.id },
    dedupeKey: `lead:${lead.id}:stuck`,
    attempts: 3,
    nextAttemptAt: longAgo,
    lastError: "ResMan did not answer in time",
    createdAt: longAgo,
  });
  return company;
}

async function forget(companyId: string) {
  await env.DB.prepare("delete from outbox where company_id = ?").bind(companyId).run();
}

describe("GET /api/health/resman", () => {
  it("tells everybody how much waits, and nobody but the company's own administrators whose it is", async () => {
    const company = await aStuckCompany();
    const open = await anonymous().get("/api/health/resman");
    expect(open.body.data).toMatchObject({
      status: "degraded",
      company: null,
      backlog: { last_error: null },
    });
    expect(JSON.stringify(open.body)).not.toContain(company.property.id);
    const agents = await as(company.agent).get("/api/health/resman");
    expect(agents.body.data.company).toBeNull();
    const { body } = await as(company.admin).get("/api/health/resman");
    expect(body.data).toMatchObject({
      status: "degraded",
      configured: true,
      backlog: { pending: 1, late: 1, last_error: "ResMan did not answer in time" },
      company: {
        breaker: { phase: "closed", failures: 0 },
        properties: [{ property_id: company.property.id, pending: 1, parked: 0 }],
      },
    });
    expect(body.data.company.properties[0].lag_seconds).toBeGreaterThan(3500);
    await forget(company.id);
  });

  it("says when the breaker is open, and until when", async () => {
    const company = await aCompany();
    const gate = resmanGate(env, company.id);
    for (let failure = 0; failure < 5; failure += 1) {
      const admitted = await gate.admit(`lead-${failure}`, Date.now());
      const lease = admitted.outcome === "go" ? admitted.lease : "";
      await gate.settle(`lead-${failure}`, lease, { result: "down", calls: 1 }, Date.now());
    }
    const { body } = await as(company.admin).get("/api/health/resman");
    expect(body.data).toMatchObject({ status: "degraded", company: { breaker: { phase: "open" } } });
    expect(Date.parse(body.data.company.breaker.retry_at)).toBeGreaterThan(Date.now());
  });
});

describe("GET /api/health/external-services", () => {
  it("says what is configured and shows no secret", async () => {
    const company = await aCompany();
    const secret = "SG.a-very-secret-key";
    const sealed = await seal(configOf(env), `${company.id}:sendgrid_api_key`, secret);
    const row = { companyId: company.id, name: "sendgrid_api_key", lastFour: "-key", updatedAt: new Date() };
    await db.insert(companySecrets).values({ ...row, ...sealed });
    const { body } = await as(company.admin).get("/api/health/external-services");
    expect(body.data.services).toMatchObject({
      resman: { configured: true },
      sendgrid: { configured: true, status: "healthy" },
      amplitude: { configured: false, message: "not configured" },
    });
    expect(JSON.stringify(body)).not.toMatch(/SG\.|-key|ciphertext/);
  });

  it("answers anybody, and refuses a token that is not good", async () => {
    expect((await anonymous().get("/api/health/external-services")).status).toBe(200);
    const bad = await anonymous().get("/api/health/external-services", { authorization: "Bearer no" });
    expect(bad.status).toBe(401);
  });
});

describe("the trials of /api/test", () => {
  it("ask ResMan, deliver a signed webhook and send a mail, each for real", async () => {
    const sandbox = aSandbox();
    parts.fetch = sandbox.fetch;
    const company = await aCompany();
    const choice = { company_id: company.id };
    const resman = await anonymous().post("/api/test/resman-connection", choice);
    expect(resman.body.data).toMatchObject({ vendor: "resman", ok: true });
    expect(await sandbox.calls("resman")).not.toEqual([]);
    const webhook = await anonymous().post("/api/test/webhook-delivery", choice);
    expect(webhook.body.data).toMatchObject({ ok: true, status_code: 200 });
    const [call] = await sandbox.calls("sink");
    expect(call?.headers["webhook-signature"]).toMatch(/^v1,/);
    const mail = await anonymous().post("/api/test/email-sending", { ...choice, to: "nora@example.test" });
    expect(mail.body.data).toMatchObject({ ok: true, status: "kept" });
    const outgoing = await anonymous().get(`/api/test/outbox?company_id=${company.id}`);
    expect(outgoing.body.data).toMatchObject([{ id: mail.body.data.mail_id, to: "nora@example.test" }]);
  });

  it("say when the vendor does not answer", async () => {
    const sandbox = aSandbox();
    parts.fetch = sandbox.fetch;
    const { id } = await aCompany();
    await sandbox.fault({ service: "resman", mode: "status", value: 503 });
    await sandbox.fault({ service: "sink", mode: "status", value: 500 });
    const choice = { company_id: id };
    expect((await anonymous().post("/api/test/resman-connection", choice)).body.data.ok).toBe(false);
    expect((await anonymous().post("/api/test/webhook-delivery", choice)).body.data).toMatchObject({
      ok: false,
      status_code: 500,
    });
  });

  it("calculate figures and find sums that do not add up", async () => {
    const company = await aCompany();
    const conversation = await aConversation(company.property);
    await aMessage(conversation, { role: "visitor" });
    const path = `/api/test/analytics-calculation?company_id=${company.id}`;
    expect((await anonymous().get(path)).body.data).toMatchObject({
      ok: true,
      conversations: 1,
      engagement: [{ conversation_id: conversation.id, engagement_score: "low" }],
    });
    await env.DB.prepare("update analytics_daily set chats = 7 where company_id = ?").bind(company.id).run();
    expect((await anonymous().get(path)).body.data).toMatchObject({ ok: false, different_sums: 1 });
  });

  it("need a sandbox company", async () => {
    const { id } = await aCompany({ isSandbox: false });
    expect((await anonymous().post("/api/test/resman-connection", { company_id: id })).status).toBe(404);
  });
});
