import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it, vi } from "vitest";
import { databaseFor } from "../../src/db/client.ts";
import { outbox } from "../../src/db/schema/outgoing.ts";
import { webhookDeliveries } from "../../src/db/schema/webhooks.ts";
import { projectStatus } from "../../src/modules/status/project-status.ts";
import { as } from "../support/api.ts";
import { deliver } from "../support/deliver.ts";
import { aCompany, db } from "../support/factories.ts";
import { aReceiver, onAnInternetOfOurOwn, verified } from "../support/receivers.ts";
import {
  aCompanyWithReceiver,
  anOrder,
  deliveriesOf,
  passToNextAttempt,
  register,
  send,
  work,
} from "../support/webhooks.ts";

onAnInternetOfOurOwn();

const topic = "webhook-deliveries" as const;

describe("a status change", () => {
  it("reaches a receiver as documented, signed so that the official library verifies it", async () => {
    const { company, receiver, webhook } = await aCompanyWithReceiver();
    const order = anOrder(company, 12_345);
    const transition = await order.move("open", {
      propertyId: company.property.id,
      businessContext: { team: "A" },
    });
    await send(company);
    const [message, ...more] = receiver.arrived;
    expect(more).toEqual([]);
    expect(verified(webhook.secret_key, message!)).toEqual({
      event: "status_changed",
      timestamp: new Date(transition.at).toISOString(),
      data: {
        transition_id: transition.id,
        entity_type: "order",
        entity_id: 12_345,
        sequence: 1,
        previous_sequence: 0,
        property_id: company.property.id,
        from_status: null,
        to_status: "open",
        triggered_by_user: "agent-1",
        triggered_by_component: null,
        sla_deadline: new Date(transition.slaDeadline!).toISOString(),
        is_milestone: false,
        business_context: { team: "A" },
      },
    });
    expect(message!.headers["webhook-id"]).toBe(transition.id);
    expect(message!.headers["webhook-id"]).not.toContain(".");
    const age = Date.now() / 1000 - Number(message!.headers["webhook-timestamp"]);
    expect(Math.abs(age)).toBeLessThan(5);
    expect(await deliveriesOf(webhook)).toMatchObject([{ status: "delivered", attempts: 1, sequence: 1 }]);
  });

  it("made by the API arrives by itself", async () => {
    const { company, receiver, webhook } = await aCompanyWithReceiver({
      entity_types: ["email_draft", "order"],
    });
    await as(company.admin).post("/api/v1/status/workflows", {
      entity_type: "order",
      workflow_name: "Orders",
      is_default: true,
      steps: [
        { status_name: "open", status_label: "Open", step_order: 1, allowed_transitions: ["done"] },
        { status_name: "done", status_label: "Done", step_order: 2, is_final: true },
      ],
    });
    for (const to_status of ["open", "done"])
      await as(company.admin).post("/api/v1/status/change", {
        entity_type: "order",
        entity_id: 7,
        to_status,
      });
    await vi.waitFor(() => expect(receiver.story()).toEqual(["1 open", "2 done"]), 8000);
    expect(verified(webhook.secret_key, receiver.arrived[1]!)).toMatchObject({
      data: { entity_id: 7, from_status: "open", to_status: "done", triggered_by_user: company.admin.id },
    });
    const deliveries = await as(company.admin).get(`/api/v1/status/webhooks/${webhook.id}/deliveries`);
    expect(deliveries.body.data).toHaveLength(2);
  });

  it("is copied once for each receiver that wants it, in the batch that projects it", async () => {
    const company = await aCompany();
    const wants = async (over: object) => {
      const receiver = aReceiver();
      await register(company, receiver, over);
      return receiver;
    };
    const all = await wants({});
    const orders = await wants({ entity_types: ["order", "quote"] });
    const quotes = await wants({ entity_types: ["quote"] });
    const done = await wants({ entity_types: ["order"], status_filters: ["done"] });
    const here = await wants({ property_ids: [company.property.id] });
    const there = await wants({ property_ids: [company.otherProperty.id] });
    const alarms = await wants({ events: ["sla_overdue"] });
    const off = await wants({ is_active: false });
    const order = anOrder(company);
    await order.move("open", { propertyId: company.property.id });
    // Projected twice, as after a crash between the batch and its note.
    await projectStatus(databaseFor(env, company.id), order.pages[0]!);
    await order.move("done");
    expect(await work(company)).toHaveLength(7);
    await send(company);
    for (const receiver of [all, orders, here]) expect(receiver.story()).toEqual(["1 open", "2 done"]);
    expect(done.story()).toEqual(["2 done"]);
    for (const receiver of [quotes, there, alarms, off]) expect(receiver.story()).toEqual([]);
  });

  it("of one company reaches no other", async () => {
    const { receiver } = await aCompanyWithReceiver();
    const other = await aCompanyWithReceiver();
    await anOrder(other.company).move("open");
    await send(other.company);
    expect(other.receiver.story()).toEqual(["1 open"]);
    expect(receiver.story()).toEqual([]);
  });
});

describe("delivery", () => {
  it("sends a message once, however often the queue calls", async () => {
    const { company, receiver } = await aCompanyWithReceiver();
    await anOrder(company).move("open");
    const [row] = await work(company);
    await Promise.all([1, 2, 3].map(() => deliver(company.id, { topic, key: row!.key })));
    await deliver(company.id, { topic, key: row!.key });
    expect(receiver.arrived).toHaveLength(1);
  });

  it("sends a message again under the same id when we died before noting the receiver's yes", async () => {
    const { company, receiver, webhook } = await aCompanyWithReceiver();
    await anOrder(company).move("open");
    await send(company);
    await db
      .update(webhookDeliveries)
      .set({ status: "pending", attempts: 0 })
      .where(eq(webhookDeliveries.webhookId, webhook.id));
    await db
      .update(outbox)
      .set({ status: "pending", leaseUntil: new Date(Date.now() - 1) })
      .where(eq(outbox.id, (await work(company))[0]!.id));
    await send(company);
    const ids = receiver.arrived.map(({ headers }) => headers["webhook-id"]);
    expect(ids).toEqual([ids[0], ids[0]]);
    expect(receiver.arrived[1]!.body).toBe(receiver.arrived[0]!.body);
  });

  it("keeps the order of an entity: a message that fails holds back only those behind it", async () => {
    const { company, receiver } = await aCompanyWithReceiver();
    const other = aReceiver();
    await register(company, other);
    const stuck = anOrder(company, "stuck");
    const free = anOrder(company, "free");
    receiver.replies(({ body }) => new Response(null, { status: body.includes('"stuck"') ? 500 : 204 }));
    for (const status of ["open", "review", "done"]) {
      await stuck.move(status);
      await free.move(status);
      await send(company);
    }
    const told = (id: string) => receiver.bodies().filter(({ data }) => data.entity_id === id);
    expect(told("stuck").map(({ data }) => data.sequence)).toEqual([1]);
    expect(told("free").map(({ data }) => data.sequence)).toEqual([1, 2, 3]);
    expect(other.arrived).toHaveLength(6);
    receiver.replies(200);
    while ((await passToNextAttempt(company)) !== null);
    expect(told("stuck").map(({ data }) => data.sequence)).toEqual([1, 1, 2, 3]);
  });

  it("lets what is held back not come due before what holds it", async () => {
    const { company, receiver } = await aCompanyWithReceiver();
    receiver.replies(500);
    const order = anOrder(company);
    await order.move("open");
    await order.move("review");
    await send(company);
    await order.move("done");
    const rows = await work(company);
    const head = rows[0]!.nextAttemptAt.getTime();
    expect(head).toBeGreaterThan(Date.now() + 3000);
    for (const row of rows) expect(Math.abs(row.nextAttemptAt.getTime() - head)).toBeLessThan(1000);
  });

  it("lets a receiver find out what it missed, and get it in order", async () => {
    const { company, receiver } = await aCompanyWithReceiver();
    const order = anOrder(company, 77);
    await order.move("open");
    await send(company);
    receiver.replies(500);
    await order.move("review");
    while ((await passToNextAttempt(company)) !== null);
    receiver.replies(200);
    await order.move("done");
    await send(company);
    const seen = [...new Set(receiver.bodies().map(({ data }) => data.sequence))];
    expect(seen).toEqual([1, 2, 3]);
    const acknowledged = [receiver.arrived[0]!, receiver.arrived.at(-1)!];
    const events = `/api/v1/status/events/order/77`;
    const missed = await as(company.admin).get(`${events}?after_sequence=1`);
    expect(missed.body.data).toMatchObject({ entity_id: 77, last_sequence: 3, has_more: false });
    expect(missed.body.data.events.map((event: { data: object }) => event.data)).toMatchObject([
      { sequence: 2, from_status: "open", to_status: "review", entity_id: 77 },
      { sequence: 3, from_status: "review", to_status: "done" },
    ]);
    expect(JSON.parse(acknowledged[1]!.body)).toMatchObject(missed.body.data.events[1]);
    const page = await as(company.admin).get(`${events}?limit=2`);
    expect(page.body.data.has_more).toBe(true);
    expect(JSON.parse(acknowledged[0]!.body)).toMatchObject(page.body.data.events[0]);
    expect((await as(company.agent).get(events)).status).toBe(200);
    expect((await as((await aCompany()).admin).get(events)).status).toBe(404);
  });

  it("does not call a receiver more often than it asked for", async () => {
    const { company, receiver } = await aCompanyWithReceiver({ max_per_second: 2 });
    await Promise.all([1, 2, 3, 4, 5].map((id) => anOrder(company, id).move("open")));
    await send(company);
    expect(receiver.arrived).toHaveLength(2);
    const waiting = (await work(company)).filter((row) => row.status === "pending");
    expect(waiting).toHaveLength(3);
    expect(waiting.map((row) => row.attempts)).toEqual([0, 0, 0]);
    for (const row of waiting) expect(row.nextAttemptAt.getTime()).toBeGreaterThan(Date.now());
  });

  it("gives up work of unknown shape without holding anything back", async () => {
    const { company, receiver } = await aCompanyWithReceiver();
    await anOrder(company).move("open");
    const [row] = await work(company);
    await db
      .update(outbox)
      .set({ payload: { gossip: true } })
      .where(eq(outbox.id, row!.id));
    await send(company);
    expect((await work(company))[0]!.status).toBe("parked");
    expect(receiver.arrived).toEqual([]);
  });
});
