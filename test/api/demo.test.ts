import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { beforeAll, describe, expect, it } from "vitest";
import { leads } from "../../src/db/schema/conversations.ts";
import { faqs } from "../../src/db/schema/knowledge.ts";
import { statusEntities } from "../../src/db/schema/status.ts";
import { statusMachine } from "../../src/durable/stubs.ts";
import { anonymous, withToken } from "../support/api.ts";
import { owe, owed } from "../support/deliver.ts";
import { aCompany, db } from "../support/factories.ts";
import { anOrderDesk, move } from "../support/status.ts";

type Company = {
  id: string;
  name: string;
  accounts: { email: string; role: string }[];
  properties: { id: string; name: string; time_zone: string; embed_key: string }[];
};
let demo: { password: string; companies: Company[] };
let maple: Company;

beforeAll(async () => {
  const loaded = await anonymous().post("/api/test/demo");
  demo = loaded.body.data;
  maple = demo.companies[0]!;
});

async function signIn(email: string) {
  const { body } = await anonymous().post("/api/auth/login", { email, password: demo.password });
  return withToken(body.data.access_token);
}

describe("the demo", () => {
  it("is two companies with the logins and places that are promised", () => {
    expect(demo.companies.map(({ name }) => name)).toEqual(["Maple Residential", "Cedar Living"]);
    expect(maple.accounts.map(({ email, role }) => [email, role])).toEqual([
      ["admin@maple.test", "company_admin"],
      ["manager@maple.test", "manager"],
      ["agent@maple.test", "agent"],
      ["viewer@maple.test", "viewer"],
    ]);
    const places = demo.companies.flatMap(({ properties }) =>
      properties.map((one) => [one.name, one.time_zone]),
    );
    expect(places).toEqual([
      ["Maple Court", "America/Chicago"],
      ["Maple Heights", "America/New_York"],
      ["Cedar Grove", "America/Los_Angeles"],
    ]);
  });

  it.each(["admin@maple.test", "viewer@maple.test", "admin@cedar.test", "root@domiq.test"])(
    "lets %s sign in",
    async (email) => {
      const { status, body } = await (await signIn(email)).get("/api/auth/verify");
      expect([status, body.data.email]).toEqual([200, email]);
    },
  );

  it("has leads in every status, some of them late, each as its own machine knows it", async () => {
    const rows = await db.select().from(statusEntities).where(eq(statusEntities.companyId, maple.id));
    const ofLeads = rows.filter((row) => row.entityType === "lead");
    expect(new Set(ofLeads.map((row) => row.currentStatus))).toEqual(
      new Set(["new", "contacted", "qualified", "tour_scheduled", "application", "leased", "lost"]),
    );
    const late = ofLeads.filter((row) => row.slaDeadline !== null && row.slaDeadline.getTime() < Date.now());
    expect(late.length).toBeGreaterThan(2);
    for (const row of ofLeads.slice(0, 5)) {
      const machine = await statusMachine(env, maple.id, "lead", row.entityId).current(Date.now());
      expect(machine?.status).toBe(row.currentStatus);
    }
  });

  it("holds conversations whose messages the rooms give out", async () => {
    const admin = await signIn("admin@maple.test");
    const { body } = await admin.get("/api/conversations?limit=100");
    expect(body.meta.pagination.total).toBe(22);
    for (const { id, message_count: count } of body.data.slice(0, 5)) {
      const messages = await admin.get(`/api/conversations/${id}/messages?limit=100`);
      expect(messages.body.meta.pagination.total).toBe(count);
      expect(messages.body.data[0].role).toBe("visitor");
    }
  });

  it("knows answers for the bot and leaves some questions open", async () => {
    const rows = await db.select().from(faqs).where(eq(faqs.propertyId, maple.properties[0]!.id));
    expect(rows.filter((row) => row.status === "answered").length).toBeGreaterThan(9);
    expect(rows.filter((row) => row.status === "pending").length).toBeGreaterThan(1);
  });

  it("is loaded once, however often it is asked for", async () => {
    const before = await db.select().from(leads).where(eq(leads.companyId, maple.id));
    const again = await anonymous().post("/api/test/demo");
    expect(again.body.data).toEqual(demo);
    expect((await anonymous().get("/api/test/demo")).body.data).toEqual(demo);
    const after = await db.select().from(leads).where(eq(leads.companyId, maple.id));
    expect(after.map((row) => [row.id, row.version])).toEqual(before.map((row) => [row.id, row.version]));
  });
});

describe("GET /api/test/outbox", () => {
  it("shows the confirmation of a booked tour to whom it went", async () => {
    const { body } = await anonymous().get(
      `/api/test/outbox?company_id=${maple.id}&to=Lena.Fischer@example.test`,
    );
    expect(body.data[0]).toMatchObject({ to: "lena.fischer@example.test", company_id: maple.id });
  });
});

describe("POST /api/test/clock", () => {
  it("moves a sandbox company's clock, and back", async () => {
    const { id } = await aCompany();
    const moved = await anonymous().post("/api/test/clock", { company_id: id, now: "2030-01-01T00:00:00Z" });
    expect(moved.status).toBe(200);
    expect(new Date(moved.body.data.now).getTime() - Date.UTC(2030, 0, 1)).toBeLessThan(5000);
    const back = await anonymous().post("/api/test/clock", { company_id: id, now: null });
    expect(back.body.data.offset_ms).toBe(0);
  });

  it("rings what is due by then, and shortens the waits of what is to be tried again, whatever it is", async () => {
    const { agent, company } = await anOrderDesk();
    const order = { entity_id: uuidv7() };
    await move(agent, "open", order);
    const kept = (hours: number) => new Date(Date.now() + hours * 3_600_000);
    const topics = ["resman-sync", "notifications", "projections", "webhook-deliveries"] as const;
    await owe(
      company.id,
      ...topics.map((topic) => ({
        topic,
        key: "later",
        payload: {},
        dedupeKey: uuidv7(),
        notBefore: kept(20),
      })),
    );
    const set = (hours: number) =>
      anonymous().post("/api/test/clock", { company_id: company.id, now: kept(hours).toISOString() });
    await set(12);
    const { overdue_items } = (await agent.get("/api/v1/status/overdue")).body.data;
    expect(overdue_items).toMatchObject([{ entity_id: order.entity_id }]);
    const waits = async () =>
      (await Promise.all(topics.map((topic) => owed(company.id, topic))))
        .flat()
        .filter(({ key }) => key === "later")
        .map(({ nextAttemptAt }) => Math.round((nextAttemptAt.getTime() - Date.now()) / 3_600_000));
    expect(await waits()).toEqual([8, 8, 8, 8]);
    await set(0);
    expect(await waits()).toEqual([8, 8, 8, 8]);
  });

  it("leaves the clock of a company in earnest alone", async () => {
    const { id } = await aCompany({ isSandbox: false });
    const { status } = await anonymous().post("/api/test/clock", {
      company_id: id,
      now: "2030-01-01T00:00:00Z",
    });
    expect(status).toBe(409);
  });
});
