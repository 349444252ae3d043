import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it, vi } from "vitest";
import { outbox } from "../../src/db/schema/outgoing.ts";
import { statusWebhooks } from "../../src/db/schema/webhooks.ts";
import { as } from "../support/api.ts";
import { aCompany, db } from "../support/factories.ts";
import { onAnInternetOfOurOwn } from "../support/receivers.ts";
import {
  aCompanyWithReceiver,
  anOrder,
  companyNow,
  deliveriesOf,
  pass,
  passToNextAttempt,
  path,
  send,
  webhookNow,
  work,
} from "../support/webhooks.ts";

onAnInternetOfOurOwn();

const minute = 60_000;
const day = 24 * 60 * minute;

type World = Awaited<ReturnType<typeof aCompanyWithReceiver>>;

function api({ company, webhook }: World) {
  const base = `${path}/${webhook.id}`;
  return {
    deliveries: async (query = "") => (await as(company.admin).get(`${base}/deliveries?${query}`)).body.data,
    delivery: async (id: string) => (await as(company.admin).get(`${base}/deliveries/${id}`)).body.data,
    resend: (id: string) => as(company.admin).post(`${base}/deliveries/${id}/resend`),
    recover: (since: number, more: object = {}) =>
      as(company.admin).post(`${base}/recover`, { since: new Date(since).toISOString(), ...more }),
  };
}

/** A receiver that was down for its whole schedule: its only message was given up. */
async function aGivenUpMessage() {
  const world = await aCompanyWithReceiver();
  const { company, receiver, webhook } = world;
  receiver.replies(500);
  const order = anOrder(company, 1);
  await order.move("open");
  while ((await passToNextAttempt(company)) !== null);
  receiver.arrived.length = 0;
  return { ...world, ...api(world), order, id: (await deliveriesOf(webhook))[0]!.id };
}

describe("the log of deliveries", () => {
  it("tells of each message what became of it, and of each attempt what came back", async () => {
    const world = await aCompanyWithReceiver();
    const { company, receiver } = world;
    const { deliveries, delivery } = api(world);
    await anOrder(company, 12).move("open");
    await send(company);
    receiver.replies(() => new Response("x".repeat(50_000), { status: 503 }));
    await anOrder(company, "A-13").move("open");
    await anOrder(company, "Q-1", "quote").move("open");
    await send(company);
    const all = await deliveries();
    expect(all).toHaveLength(3);
    const [done] = await deliveries("status=delivered");
    expect(done).toMatchObject({ entity_id: 12, sequence: 1, attempt_count: 1, next_attempt_at: null });
    expect(await deliveries("entity_type=quote")).toMatchObject([{ entity_id: "Q-1" }]);
    const [failing] = await deliveries("entity_type=order&entity_id=A-13&status=pending");
    expect(Date.parse(failing.next_attempt_at)).toBeGreaterThan(Date.now());
    const { payload, attempts } = await delivery(failing.id);
    expect(payload).toEqual(receiver.bodies().find(({ data }) => data.entity_id === "A-13"));
    expect(attempts).toMatchObject([{ trigger: "schedule", success: false, status_code: 503, error: null }]);
    expect(attempts[0].response).toBe("x".repeat(10_000));
    expect(attempts[0].latency_ms).toBeGreaterThanOrEqual(0);
  });

  it("is open to nobody else", async () => {
    const { company, webhook, id } = await aGivenUpMessage();
    const stranger = await aCompany();
    for (const tail of ["", "/deliveries", `/deliveries/${id}`]) {
      expect((await as(stranger.admin).get(`${path}/${webhook.id}${tail}`)).status).toBe(404);
      expect((await as(company.manager).get(`${path}/${webhook.id}${tail}`)).status).toBe(403);
    }
    for (const tail of ["/test", "/rotate-secret", `/deliveries/${id}/resend`])
      expect((await as(stranger.admin).post(`${path}/${webhook.id}${tail}`)).status).toBe(404);
    expect((await as(company.admin).get(`${path}/${webhook.id}/deliveries/nothing`)).status).toBe(404);
  });
});

describe("resending a message", () => {
  it("that fails again changes nothing: no new schedule, no blame", async () => {
    const { company, webhook, resend, receiver, id } = await aGivenUpMessage();
    const before = await webhookNow(webhook);
    const { status, body } = await resend(id);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ trigger: "manual", success: false, status_code: 500 });
    expect(receiver.arrived).toHaveLength(1);
    expect(await deliveriesOf(webhook)).toMatchObject([{ status: "failed", attempts: 10 }]);
    expect((await work(company)).every((row) => row.status === "done")).toBe(true);
    expect(await webhookNow(webhook)).toEqual(before);
  });

  it("that is still being tried leaves its schedule where it was", async () => {
    const world = await aCompanyWithReceiver();
    const { company, receiver, webhook } = world;
    receiver.replies(500);
    await anOrder(company, 1).move("open");
    for (let n = 0; n < 3; n += 1) await passToNextAttempt(company);
    const due = (await work(company))[0]!.nextAttemptAt;
    const { attempts, id } = (await deliveriesOf(webhook))[0]!;
    await api(world).resend(id);
    expect((await work(company))[0]!.nextAttemptAt).toEqual(due);
    expect(await deliveriesOf(webhook)).toMatchObject([{ status: "pending", attempts }]);
  });

  it("that gets through ends its schedule, clears the receiver and frees what waits behind it", async () => {
    const world = await aCompanyWithReceiver();
    const { company, receiver, webhook } = world;
    receiver.replies(500);
    const order = anOrder(company, 1);
    await order.move("open");
    for (let n = 0; n < 5; n += 1) await passToNextAttempt(company);
    await order.move("review");
    receiver.replies(200);
    const [head] = await deliveriesOf(webhook);
    expect((await api(world).resend(head!.id)).body.data.success).toBe(true);
    expect(await webhookNow(webhook)).toMatchObject({ failingSince: null });
    await vi.waitFor(async () => {
      expect((await deliveriesOf(webhook)).map(({ status }) => status)).toEqual(["delivered", "delivered"]);
    }, 8000);
    expect(receiver.story().slice(-2)).toEqual(["1 open", "2 review"]);
    expect(receiver.arrived.filter(({ headers }) => headers["webhook-id"] === head!.id)).toHaveLength(6);
    const { attempts } = await api(world).delivery(head!.id);
    expect(attempts[0]).toMatchObject({ trigger: "manual", success: true });
  });

  it("that was delivered long ago sends it once more", async () => {
    const world = await aCompanyWithReceiver();
    const { company, receiver, webhook } = world;
    await anOrder(company, 1).move("open");
    await send(company);
    const { id } = (await deliveriesOf(webhook))[0]!;
    await api(world).resend(id);
    expect(receiver.arrived.map(({ headers }) => headers["webhook-id"])).toEqual([id, id]);
    expect(await deliveriesOf(webhook)).toMatchObject([{ status: "delivered", attempts: 1 }]);
  });

  it("to a receiver that is switched off is refused", async () => {
    const { webhook, resend, id, receiver } = await aGivenUpMessage();
    await db.update(statusWebhooks).set({ isActive: false }).where(eq(statusWebhooks.id, webhook.id));
    expect((await resend(id)).status).toBe(409);
    expect(receiver.arrived).toEqual([]);
  });

  it("to a receiver that says it is gone switches it off", async () => {
    const { webhook, resend, id, receiver } = await aGivenUpMessage();
    receiver.replies(410);
    await resend(id);
    expect(await webhookNow(webhook)).toMatchObject({ isActive: false, disabledReason: "gone" });
  });
});

describe("recovery", () => {
  it("sends what was given up, in order, and nothing that got through or is on its way", async () => {
    const { company, webhook, order, recover, receiver } = await aGivenUpMessage();
    const start = (await companyNow(company.id)) - 10 * day;
    receiver.replies(200);
    await order.move("review");
    await anOrder(company, 2).move("open");
    await send(company);
    await anOrder(company, 3).move("open");
    receiver.arrived.length = 0;
    const { status, body } = await recover(start);
    expect(status).toBe(202);
    expect(body.data).toMatchObject({ queued: 1, failed: 1, missed: 0, has_more: false });
    await send(company);
    await vi.waitFor(async () => {
      expect((await deliveriesOf(webhook)).every((row) => row.status === "delivered")).toBe(true);
    }, 8000);
    expect(receiver.story().toSorted()).toEqual(["1 open", "1 open"]);
    expect(new Set(receiver.bodies().map(({ data }) => data.entity_id))).toEqual(new Set([1, 3]));
    expect((await recover(start)).body.data).toMatchObject({ queued: 0 });
  });

  it("sends a message once, though the row of its former schedule has come back to life", async () => {
    const world = await aCompanyWithReceiver();
    const { company, receiver, webhook } = world;
    const start = await companyNow(company.id);
    await anOrder(company, 1).move("open");
    const [former] = await work(company);
    await as(company.admin).put(`${path}/${webhook.id}`, { is_active: false });
    await db.update(outbox).set({ status: "pending", doneAt: null }).where(eq(outbox.id, former!.id));
    await as(company.admin).put(`${path}/${webhook.id}`, { is_active: true });
    expect((await api(world).recover(start)).body.data).toMatchObject({ queued: 1, failed: 1 });
    await send(company);
    await vi.waitFor(async () => {
      expect((await work(company)).map(({ status }) => status)).toEqual(["done", "done"]);
    }, 8000);
    expect(receiver.arrived).toHaveLength(1);
    expect(await deliveriesOf(webhook)).toMatchObject([{ status: "delivered" }]);
  });

  it("gives a recovered message a whole new schedule", async () => {
    const { company, webhook, recover } = await aGivenUpMessage();
    await recover((await companyNow(company.id)) - 10 * day);
    await vi.waitFor(async () => {
      expect(await deliveriesOf(webhook)).toMatchObject([{ status: "pending", attempts: 1 }]);
    }, 8000);
  });

  it("sends what happened while the receiver was switched off or not yet registered", async () => {
    const world = await aCompanyWithReceiver({ entity_types: ["order"], status_filters: ["open", "done"] });
    const { company, receiver, webhook } = world;
    const start = await companyNow(company.id);
    await as(company.admin).put(`${path}/${webhook.id}`, { is_active: false });
    const order = anOrder(company, 900);
    const transitions = [await order.move("open"), await order.move("review"), await order.move("done")];
    await anOrder(company, 1, "quote").move("open");
    expect((await api(world).recover(start)).status).toBe(409);
    await as(company.admin).put(`${path}/${webhook.id}`, { is_active: true });
    const { body } = await api(world).recover(start);
    expect(body.data).toMatchObject({ queued: 2, failed: 0, missed: 2 });
    await vi.waitFor(() => expect(receiver.story()).toEqual(["1 open", "3 done"]), 8000);
    expect(receiver.arrived.map(({ headers }) => headers["webhook-id"])).toEqual([
      transitions[0]!.id,
      transitions[2]!.id,
    ]);
    expect(receiver.bodies()[0]!.data.entity_id).toBe(900);
    const events = await as(company.admin).get("/api/v1/status/events/order/900");
    expect(receiver.bodies()[1]).toMatchObject(events.body.data.events[2]);
  });

  it("keeps to the numbers of an entity's events, whatever the clocks said when they were made", async () => {
    const world = await aCompanyWithReceiver({ is_active: false });
    const { company, receiver } = world;
    const start = await companyNow(company.id);
    const order = anOrder(company, 4);
    for (const status of ["open", "review", "done"]) await order.move(status);
    await env.DB.prepare("update status_events set id = char(122 - sequence) || id where company_id = ?")
      .bind(company.id)
      .run();
    await as(company.admin).put(`${path}/${world.webhook.id}`, { is_active: true });
    await api(world).recover(start - minute);
    await vi.waitFor(() => expect(receiver.story()).toEqual(["1 open", "2 review", "3 done"]), 8000);
  });

  it("counts exactly what lies in the span", async () => {
    const world = await aCompanyWithReceiver({ is_active: false });
    const { company } = world;
    const times: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      await pass(company, day);
      times.push(await companyNow(company.id));
      await anOrder(company, n).move("open");
    }
    await as(company.admin).put(`${path}/${world.webhook.id}`, { is_active: true });
    const until = new Date(times[3]! - minute).toISOString();
    const { body } = await api(world).recover(times[1]! - minute, { until });
    expect(body.data).toMatchObject({ queued: 2, missed: 2 });
    expect((await api(world).recover(times[0]! - minute)).body.data).toMatchObject({ queued: 3, missed: 3 });
  });

  it("takes a thousand changes of one moment", async () => {
    const world = await aCompanyWithReceiver({ is_active: false });
    const { company } = world;
    const order = anOrder(company, 0);
    await order.move("open");
    await as(company.admin).put(`${path}/${world.webhook.id}`, { is_active: true });
    await copyEvents(company.id, 1100);
    const { body } = await api(world).recover((await companyNow(company.id)) - minute);
    expect(body.data).toMatchObject({ queued: 1101, missed: 1101, has_more: false });
  });

  it("reaches back thirty days, and not into the future", async () => {
    const world = await aCompanyWithReceiver();
    const { recover } = api(world);
    const now = await companyNow(world.company.id);
    expect((await recover(now - 30 * day - minute)).status).toBe(202);
    const tooOld = await recover(now - 30 * day - 10 * minute);
    expect([tooOld.status, tooOld.body.error.details[0].message]).toEqual([
      422,
      "must be within the last 30 days",
    ]);
    expect((await recover(now + minute)).status).toBe(422);
  });
});

/** Copies a company's only event to so many other entities. */
async function copyEvents(companyId: string, count: number): Promise<void> {
  const { results } = await env.DB.prepare("select * from status_events where company_id = ?")
    .bind(companyId)
    .all();
  const [row] = results as Record<string, unknown>[];
  const copies = Array.from({ length: count }, (_, n) => ({
    ...row,
    entity_id: `copy ${n}`,
    id: `event ${String(n).padStart(5, "0")}`,
  }));
  const columns = Object.keys(row!);
  await env.DB.prepare(
    `insert into status_events (${columns.join(", ")})
     select ${columns.map((column) => `value->>'${column}'`).join(", ")} from json_each(?)`,
  )
    .bind(JSON.stringify(copies))
    .run();
}
