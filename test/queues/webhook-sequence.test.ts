import { env } from "cloudflare:workers";
import { v7 as uuidv7 } from "uuid";
import { describe, expect, it, vi } from "vitest";
import { statusEventKinds } from "../../src/db/schema/status.ts";
import { statusMachine } from "../../src/durable/stubs.ts";
import { checkProjection } from "../../src/modules/status/check-projection.ts";
import { EntityEvents } from "../../src/modules/status/webhooks/event-schemas.ts";
import { as } from "../support/api.ts";
import { aCompany, type TestCompany } from "../support/factories.ts";
import { aChange, aWorkflow, hours, manager } from "../support/machine.ts";
import { aReceiver, onAnInternetOfOurOwn, type Receiver, verified } from "../support/receivers.ts";
import { deliveriesOf, path, register } from "../support/webhooks.ts";

onAnInternetOfOurOwn();

const everything = { events: [...statusEventKinds] };

/** An order whose object tells of everything itself; `at` is hours from now. */
function anOrder(company: TestCompany, entityId: string | number = uuidv7()) {
  const machine = statusMachine(env, company.id, "order", String(entityId));
  const begun = Date.now();
  const when = (at: number) => ({ now: begun + hours(at), clockOffsetMs: hours(at) });
  const change = (toStatus: string, at: number) =>
    machine.change(aChange(toStatus, { companyId: company.id, entityId, changeId: uuidv7(), ...when(at) }));
  return {
    machine,
    change,
    wait: (at: number) => machine.sweep(begun + hours(at), hours(at)),
    ask: async (toStatus: string, at: number) => {
      const answer = await change(toStatus, at);
      if (answer.outcome !== "refused") throw new Error("no approval was asked for");
      return answer.details["approval_id"] as string;
    },
    decide: (approvalId: string, verdict: "approved" | "rejected", at: number) =>
      machine.decide({ approvalId, verdict, reason: "because", actor: manager, ...when(at) }),
    rename: (at: number) =>
      machine.migrate(
        {
          definition: aWorkflow([{ status_name: "settled", is_final: true }], { id: "orders", version: 2 }),
          mapping: { paid: "settled" },
          changeId: uuidv7(),
          actor: manager,
          ...when(at),
        },
        false,
      ),
  };
}

/** Everything that can be told of an order, once. */
async function wholeStory(company: TestCompany, entityId: string | number) {
  const order = anOrder(company, entityId);
  await order.change("open", 0);
  await order.wait(7.6);
  await order.wait(11);
  await order.change("review", 11.5);
  await order.decide(await order.ask("paid", 12), "rejected", 12.1);
  await order.decide(await order.ask("paid", 12.2), "approved", 12.3);
  await order.rename(13);
  return order;
}

const story = [
  "status_changed",
  "sla_warning",
  "sla_overdue",
  "status_changed",
  "approval_requested",
  "approval_rejected",
  "approval_requested",
  "status_changed",
  "status_migrated",
];

const numbers = (receiver: Receiver) =>
  receiver.bodies().map(({ data }) => [data.previous_sequence, data.sequence]);

async function eventsOf(company: TestCompany, id: string | number, query = "") {
  const { status, body } = await as(company.admin).get(`/api/v1/status/events/order/${id}?${query}`);
  expect(status).toBe(200);
  return body.data;
}

describe("the sequence of an entity", () => {
  it("numbers changes, renamings, warnings, breaches and approvals in the order in which they happened", async () => {
    const company = await aCompany();
    const receiver = aReceiver();
    const { secret_key } = await register(company, receiver, everything);
    await wholeStory(company, 77);
    await vi.waitFor(() => expect(receiver.arrived).toHaveLength(9), 10_000);
    expect(receiver.bodies().map(({ event }) => event)).toEqual(story);
    expect(numbers(receiver)).toEqual(story.map((_, n) => [n, n + 1]));
    for (const message of receiver.arrived) expect(verified(secret_key, message)).toBeTruthy();
    expect(new Set(receiver.arrived.map(({ headers }) => headers["webhook-id"])).size).toBe(9);
    expect(receiver.bodies().map(({ data }) => data)).toMatchObject([
      { entity_id: 77, from_status: null, to_status: "open" },
      { status: "open", percent: 75 },
      { status: "open", severity: "info" },
      { to_status: "review" },
      { to_status: "paid", requested_by: "agent-1", decided_by: null },
      { to_status: "paid", decided_by: "manager-1", decision_reason: "because" },
      { to_status: "paid", decided_by: null },
      { to_status: "paid" },
      { from_status: "paid", to_status: "settled" },
    ]);
  });

  it("is replayed from any number on, word for word as it was sent", async () => {
    const company = await aCompany();
    const receiver = aReceiver();
    await register(company, receiver, everything);
    await wholeStory(company, "A-1");
    await vi.waitFor(() => expect(receiver.arrived).toHaveLength(9), 10_000);
    const whole = await eventsOf(company, "A-1");
    expect(EntityEvents.parse(whole)).toMatchObject({ last_sequence: 9, has_more: false });
    const sent = receiver.bodies().map((body) => {
      const { previous_sequence: _only, ...data } = body.data;
      return { ...body, data };
    });
    expect(whole.events).toEqual(sent);
    const page = await eventsOf(company, "A-1", "after_sequence=2&limit=3");
    expect(page).toMatchObject({ last_sequence: 9, has_more: true });
    expect(page.events).toEqual(sent.slice(2, 5));
    expect((await eventsOf(company, "A-1", "after_sequence=9")).events).toEqual([]);
  });

  it("shows a receiver of some events a gap where one it asked for is missing, and none where it is not", async () => {
    const company = await aCompany();
    const changes = aReceiver();
    await register(company, changes);
    const breaches = aReceiver();
    await register(company, breaches, {
      events: ["sla_overdue", "status_changed"],
      status_filters: ["open"],
    });
    await wholeStory(company, 5);
    await vi.waitFor(() => expect([changes.arrived.length, breaches.arrived.length]).toEqual([3, 2]), 10_000);
    expect(numbers(changes)).toEqual([
      [0, 1],
      [1, 4],
      [4, 8],
    ]);
    expect(numbers(breaches)).toEqual([
      [0, 1],
      [1, 3],
    ]);
  });

  it("is known before the entity has a first status", async () => {
    const company = await aCompany();
    const receiver = aReceiver();
    await register(company, receiver, everything);
    const order = anOrder(company, 8);
    const definition = aWorkflow([{ status_name: "listed", requires_approval: true, is_final: true }]);
    const request = aChange("listed", { companyId: company.id, entityId: 8, definition, now: Date.now() });
    expect(await order.machine.change(request)).toMatchObject({ code: "APPROVAL_REQUIRED" });
    await vi.waitFor(() => expect(receiver.arrived).toHaveLength(1), 10_000);
    expect(await eventsOf(company, 8)).toMatchObject({
      entity_id: 8,
      last_sequence: 1,
      events: [{ event: "approval_requested", data: { sequence: 1 } }],
    });
    const stranger = await aCompany();
    expect((await as(stranger.admin).get("/api/v1/status/events/order/8")).status).toBe(404);
    expect((await as(company.admin).get("/api/v1/status/events/order/9")).status).toBe(404);
  });

  it("is rebuilt from the object when the database has lost it, and nothing is sent again", async () => {
    const company = await aCompany();
    const receiver = aReceiver();
    const webhook = await register(company, receiver, everything);
    await wholeStory(company, 6);
    await vi.waitFor(() => expect(receiver.arrived).toHaveLength(9), 10_000);
    const before = await eventsOf(company, 6);
    const late = aReceiver();
    await register(company, late, everything);
    await env.DB.prepare("delete from status_events where company_id = ? and sequence in (2, 6)")
      .bind(company.id)
      .run();
    const ref = { entityType: "order", entityId: "6" };
    expect((await checkProjection(env, company.id, ref, true))?.differences).toEqual([
      "events 2 is missing",
      "events 6 is missing",
    ]);
    expect(await checkProjection(env, company.id, ref, true)).toBeNull();
    expect(await eventsOf(company, 6)).toEqual(before);
    expect(await deliveriesOf(webhook)).toHaveLength(9);
    expect([receiver.arrived.length, late.arrived.length]).toEqual([9, 0]);
  });
});

describe("recovery", () => {
  it("sends warnings, breaches and approvals that were missed along with the changes, in order", async () => {
    const company = await aCompany();
    const receiver = aReceiver();
    const { id } = await register(company, receiver, { ...everything, is_active: false });
    const since = new Date(Date.now() - hours(1)).toISOString();
    await wholeStory(company, 9);
    await vi.waitFor(async () => expect((await eventsOf(company, 9)).events).toHaveLength(9), 10_000);
    await as(company.admin).put(`${path}/${id}`, { is_active: true });
    const until = new Date(Date.now() + hours(20)).toISOString();
    const { body } = await as(company.admin).post(`${path}/${id}/recover`, { since, until });
    expect(body.data).toMatchObject({ queued: 9, missed: 9, failed: 0 });
    await vi.waitFor(() => expect(receiver.arrived).toHaveLength(9), 10_000);
    expect(receiver.bodies().map(({ event }) => event)).toEqual(story);
    expect(numbers(receiver)).toEqual(story.map((_, n) => [n, n + 1]));
    const again = await as(company.admin).post(`${path}/${id}/recover`, { since, until });
    expect(again.body.data).toMatchObject({ queued: 0 });
  });
});
