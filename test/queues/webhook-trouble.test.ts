import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it, vi } from "vitest";
import { statusWebhooks } from "../../src/db/schema/webhooks.ts";
import { anonymous, as } from "../support/api.ts";
import { db } from "../support/factories.ts";
import { onAnInternetOfOurOwn, withoutNames } from "../support/receivers.ts";
import {
  aCompanyWithReceiver,
  anOrder,
  companyNow,
  deliveriesOf,
  pass,
  passToNextAttempt,
  path,
  send,
  toldAdmin,
  webhookNow,
  work,
} from "../support/webhooks.ts";

onAnInternetOfOurOwn();

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

type World = Awaited<ReturnType<typeof aCompanyWithReceiver>>;

/** Attempts of a webhook's only message, oldest first. */
async function attemptsOf({ company, webhook }: World) {
  const [delivery] = await deliveriesOf(webhook);
  const { body } = await as(company.admin).get(`${path}/${webhook.id}/deliveries/${delivery!.id}`);
  return body.data.attempts.toReversed();
}

/** Sends what is due and lets time pass to each next attempt, up to a time or until nothing waits. */
async function tryUntil({ company }: World, end: number): Promise<void> {
  await send(company);
  for (;;) {
    const waiting = (await work(company)).filter((row) => row.status === "pending");
    const next = Math.min(...waiting.map((row) => row.nextAttemptAt.getTime())) - Date.now();
    if ((await companyNow(company.id)) + next > end || waiting.length === 0) return;
    await passToNextAttempt(company);
  }
}

describe("a receiver that answers 500", () => {
  it("for a day is tried again and again, and gets the message in the end", async () => {
    const world = await aCompanyWithReceiver();
    const { company, receiver, webhook } = world;
    receiver.replies(500);
    await anOrder(company).move("open");
    const start = await companyNow(company.id);
    await tryUntil(world, start + day);
    expect(receiver.arrived.length).toBeGreaterThanOrEqual(6);
    expect(receiver.arrived.length).toBeLessThanOrEqual(7);
    expect(await webhookNow(webhook)).toMatchObject({ isActive: true, failingTold: true });
    receiver.replies(200);
    await passToNextAttempt(company);
    expect(await deliveriesOf(webhook)).toMatchObject([{ status: "delivered" }]);
    const ids = new Set(receiver.arrived.map(({ headers }) => headers["webhook-id"]));
    expect(ids.size).toBe(1);
    expect(new Set(receiver.arrived.map(({ body }) => body)).size).toBe(1);
    expect(await webhookNow(webhook)).toMatchObject({ failingSince: null, failingTold: false });
    expect(await toldAdmin(company)).toEqual([
      `The webhook to ${receiver.host} is failing`,
      `The webhook to ${receiver.host} works again`,
    ]);
  });

  it("is tried ten times on the schedule of the specification, then the message is given up with a notice", async () => {
    const world = await aCompanyWithReceiver();
    const { company, receiver, webhook } = world;
    receiver.replies(500);
    await anOrder(company).move("open");
    await tryUntil(world, Infinity);
    const attempts = await attemptsOf(world);
    const at = attempts.map((attempt: { attempted_at: string }) => Date.parse(attempt.attempted_at));
    const planned = [
      5000,
      5 * minute,
      0.5 * hour,
      2 * hour,
      5 * hour,
      10 * hour,
      14 * hour,
      20 * hour,
      24 * hour,
    ];
    expect(attempts).toHaveLength(10);
    for (const [n, wait] of planned.entries()) {
      expect(at[n + 1] - at[n]).toBeGreaterThanOrEqual(0.8 * wait);
      expect(at[n + 1] - at[n]).toBeLessThanOrEqual(1.2 * wait + 2000);
    }
    expect(attempts[0]).toMatchObject({
      trigger: "schedule",
      success: false,
      status_code: 500,
      response: "it is 500",
      url: receiver.url,
    });
    expect(await deliveriesOf(webhook)).toMatchObject([{ status: "failed", attempts: 10 }]);
    expect((await webhookNow(webhook)).isActive).toBe(true);
    expect(await toldAdmin(company)).toEqual([
      `The webhook to ${receiver.host} is failing`,
      `A message to ${receiver.host} was given up`,
    ]);
  });

  it("for five days is switched off, with a notice, and nothing more is sent", async () => {
    const world = await aCompanyWithReceiver();
    const { company, receiver, webhook } = world;
    receiver.replies(500);
    const start = await companyNow(company.id);
    await anOrder(company, 1).move("open");
    await tryUntil(world, start + 4 * day);
    await anOrder(company, 2).move("open");
    await anOrder(company, 3).move("open");
    await tryUntil(world, start + 4.9 * day);
    expect((await webhookNow(webhook)).isActive).toBe(true);
    await tryUntil(world, start + 7 * day);
    expect(await webhookNow(webhook)).toMatchObject({ isActive: false, disabledReason: "failing" });
    expect((await webhookNow(webhook)).disabledAt!.getTime()).toBeGreaterThan(start + 5 * day);
    expect((await deliveriesOf(webhook)).map(({ status }) => status).sort()).toEqual([
      "cancelled",
      "cancelled",
      "failed",
    ]);
    expect((await work(company)).every(({ status }) => status === "done")).toBe(true);
    expect((await toldAdmin(company)).at(-1)).toBe(`The webhook to ${receiver.host} was switched off`);
    const count = receiver.arrived.length;
    await anOrder(company, 4).move("open");
    await pass(company, 3 * day);
    await send(company);
    expect(receiver.arrived).toHaveLength(count);
    const log = await as(company.admin).get(`/api/audit-log?record_type=webhook&record_id=${webhook.id}`);
    expect(log.body.data.map((row: { action: string }) => row.action)).toContain("disable");
  });

  it("only now and then stays switched on", async () => {
    const world = await aCompanyWithReceiver();
    const { company, receiver, webhook } = world;
    for (let n = 0; n < 8; n += 1) {
      receiver.replies(500);
      await anOrder(company, `bad ${n}`).move("open");
      await send(company);
      receiver.replies(200);
      await pass(company, day);
      await send(company);
    }
    expect(await webhookNow(webhook)).toMatchObject({ isActive: true, failingSince: null });
    expect((await deliveriesOf(webhook)).every(({ status }) => status === "delivered")).toBe(true);
  });

  it("is not judged by a failure of ten days ago", async () => {
    const world = await aCompanyWithReceiver();
    const { company, receiver, webhook } = world;
    receiver.replies(500);
    await anOrder(company, 1).move("open");
    await tryUntil(world, Infinity);
    await pass(company, 8 * day);
    await anOrder(company, 2).move("open");
    await send(company);
    const now = await webhookNow(webhook);
    expect(now.isActive).toBe(true);
    expect(Math.abs(now.failingSince!.getTime() - (await companyNow(company.id)))).toBeLessThan(minute);
    await pass(company, 5.1 * day);
    await anOrder(company, 3).move("open");
    await send(company);
    expect((await webhookNow(webhook)).isActive).toBe(false);
  });

  it("forgets its past once somebody switches it on again", async () => {
    const { company, receiver, webhook } = await aCompanyWithReceiver();
    receiver.replies(410);
    await anOrder(company, 1).move("open");
    await send(company);
    const { body } = await as(company.admin).put(`${path}/${webhook.id}`, { is_active: true });
    expect(body.data).toMatchObject({
      is_active: true,
      disabled_at: null,
      disabled_reason: null,
      failing_since: null,
    });
    receiver.replies(200);
    await anOrder(company, 2).move("open");
    await send(company);
    expect(receiver.bodies().at(-1)!.data.entity_id).toBe(2);
  });
});

describe("a receiver that answers 410", () => {
  it("is switched off or nothing is noted at all, when the database breaks off in between", async () => {
    const { company, receiver, webhook } = await aCompanyWithReceiver();
    await anOrder(company, 1).move("open");
    receiver.replies(410);
    const trigger = `break_${webhook.id.replaceAll("-", "")}`;
    await env.DB.prepare(
      `create trigger ${trigger} before insert on audit_log when new.record_id = '${webhook.id}'
       begin select raise(abort, 'the database is away'); end`,
    ).run();
    await send(company);
    expect(await webhookNow(webhook)).toMatchObject({ isActive: true, failingSince: null });
    expect(await deliveriesOf(webhook)).toMatchObject([{ status: "pending", attempts: 0 }]);
    await env.DB.prepare(`drop trigger ${trigger}`).run();
    await passToNextAttempt(company);
    expect(await webhookNow(webhook)).toMatchObject({ isActive: false, disabledReason: "gone" });
    expect(await toldAdmin(company)).toEqual([`The webhook to ${receiver.host} was switched off`]);
  });

  it("is switched off at once, what waits is cancelled, and the administrator is told", async () => {
    const { company, receiver, webhook } = await aCompanyWithReceiver();
    const order = anOrder(company, 1);
    await order.move("open");
    await order.move("review");
    receiver.replies(410);
    await send(company);
    expect(receiver.arrived).toHaveLength(1);
    expect(await webhookNow(webhook)).toMatchObject({ isActive: false, disabledReason: "gone" });
    expect((await deliveriesOf(webhook)).map(({ status }) => status)).toEqual(["failed", "cancelled"]);
    expect(await toldAdmin(company)).toEqual([`The webhook to ${receiver.host} was switched off`]);
    while ((await passToNextAttempt(company)) !== null);
    expect(receiver.arrived).toHaveLength(1);
  });
});

describe("a receiver that", () => {
  it("hangs fails, and gets at least a minute", async () => {
    const world = await aCompanyWithReceiver();
    const { company, receiver } = world;
    receiver.replies((_message, { signal }) => {
      expect(signal).toBeInstanceOf(AbortSignal);
      throw new DOMException("The operation timed out", "TimeoutError");
    });
    await anOrder(company).move("open");
    await send(company);
    expect(await attemptsOf(world)).toMatchObject([
      { success: false, status_code: null, error: "no answer within 15 s", response: null },
    ]);
    const [row] = await work(company);
    expect(row!.nextAttemptAt.getTime() - Date.now()).toBeGreaterThan(minute - 2000);
  });

  it("answers after the time is up has taken the message, and gets it again under the same id", async () => {
    const { company, receiver, webhook } = await aCompanyWithReceiver();
    receiver.replies(() => {
      throw new DOMException("The operation timed out", "TimeoutError");
    });
    await anOrder(company).move("open");
    await send(company);
    receiver.replies(200);
    await passToNextAttempt(company);
    const [first, second, ...more] = receiver.arrived;
    expect(more).toEqual([]);
    expect(second!.headers["webhook-id"]).toBe(first!.headers["webhook-id"]);
    expect(second!.body).toBe(first!.body);
    expect(await deliveriesOf(webhook)).toMatchObject([{ status: "delivered", attempts: 2 }]);
  });

  it("redirects fails, and nobody goes there", async () => {
    const world = await aCompanyWithReceiver();
    const { company, receiver } = world;
    const elsewhere = `https://${receiver.host}/elsewhere`;
    receiver.replies((_message, init) => {
      expect(init.redirect).toBe("manual");
      return new Response(null, { status: 302, headers: { location: elsewhere } });
    });
    await anOrder(company).move("open");
    await send(company);
    expect(receiver.arrived.map(({ url }) => url)).toEqual([receiver.url]);
    expect(await attemptsOf(world)).toMatchObject([
      { success: false, status_code: 302, error: "redirects are not followed" },
    ]);
  });

  it("says when to come back is not called before", async () => {
    const { company, receiver } = await aCompanyWithReceiver();
    receiver.replies(503, { "retry-after": "1800" });
    await anOrder(company).move("open");
    await send(company);
    await pass(company, 29 * minute);
    await send(company);
    expect(receiver.arrived).toHaveLength(1);
    receiver.replies(200);
    await pass(company, minute + 1000);
    await send(company);
    expect(receiver.arrived).toHaveLength(2);
  });

  it("moved to a private address after it was registered is not called", async () => {
    const world = await aCompanyWithReceiver();
    const { company, receiver, webhook } = world;
    await anOrder(company).move("open");
    for (const address of ["169.254.169.254", "10.0.0.8", "::1", "::ffff:127.0.0.1", "fd00:ec2::254"]) {
      receiver.movesTo("93.184.216.34", address);
      await passToNextAttempt(company);
    }
    expect(receiver.arrived).toEqual([]);
    for (const attempt of await attemptsOf(world))
      expect(attempt.error).toBe("the URL must not resolve to a private address");
    receiver.movesTo("93.184.216.34");
    await passToNextAttempt(company);
    expect(await deliveriesOf(webhook)).toMatchObject([{ status: "delivered" }]);
  });

  it("cannot be looked up because nothing can is not blamed", async () => {
    const { company, receiver, webhook } = await aCompanyWithReceiver();
    await anOrder(company).move("open");
    await withoutNames(() => send(company));
    expect(await deliveriesOf(webhook)).toMatchObject([{ status: "pending", attempts: 0 }]);
    expect((await webhookNow(webhook)).failingSince).toBeNull();
    await passToNextAttempt(company);
    expect(receiver.story()).toEqual(["1 open"]);
  });
});

describe("a company's moved clock", () => {
  it("brings attempts nearer, wakes them, and never puts them off", async () => {
    const { company, receiver, webhook } = await aCompanyWithReceiver();
    receiver.replies(500);
    const order = anOrder(company);
    await order.move("open");
    for (let n = 0; n < 4; n += 1) await passToNextAttempt(company);
    const before = receiver.arrived.length;
    receiver.replies(200);
    const set = async (ms: number) => {
      const now = new Date((await companyNow(company.id)) + ms).toISOString();
      expect((await anonymous().post("/api/test/clock", { company_id: company.id, now })).status).toBe(200);
    };
    const dueAt = async () => (await work(company))[0]!.nextAttemptAt.getTime();
    const due = await dueAt();
    await set(-3 * day);
    expect(await dueAt()).toBe(due);
    await set(30 * minute);
    expect(Math.abs(due - (await dueAt()) - 30 * minute)).toBeLessThan(1000);
    await set(3 * hour);
    await vi.waitFor(async () => {
      expect(await deliveriesOf(webhook)).toMatchObject([{ status: "delivered" }]);
    }, 8000);
    expect(receiver.arrived).toHaveLength(before + 1);
  });

  it("does not show in the time of an attempt, which receivers compare with their own clocks", async () => {
    const { company, receiver } = await aCompanyWithReceiver();
    await pass(company, 30 * day);
    await anOrder(company).move("open");
    await send(company);
    const { headers, body } = receiver.arrived[0]!;
    expect(Math.abs(Number(headers["webhook-timestamp"]) - Date.now() / 1000)).toBeLessThan(10);
    expect(Date.parse(JSON.parse(body).timestamp)).toBeGreaterThan(Date.now() + 29 * day);
  });
});

it("a receiver whose own row says otherwise is never called", async () => {
  const { company, receiver, webhook } = await aCompanyWithReceiver();
  await anOrder(company).move("open");
  await db.update(statusWebhooks).set({ url: "https://127.0.0.1/" }).where(eq(statusWebhooks.id, webhook.id));
  await send(company);
  expect(receiver.arrived).toEqual([]);
  expect(await deliveriesOf(webhook)).toMatchObject([{ status: "pending", attempts: 1 }]);
});
