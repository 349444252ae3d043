import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it, vi } from "vitest";
import { idempotencyKeys } from "../../src/db/schema/ledger.ts";
import { as } from "../support/api.ts";
import { aCompany, db } from "../support/factories.ts";
import { entitiesStatement } from "../support/fill-entities.ts";
import { aReceiver, onAnInternetOfOurOwn } from "../support/receivers.ts";
import { path, register } from "../support/webhooks.ts";

onAnInternetOfOurOwn();

const aKey = () => ({ "idempotency-key": crypto.randomUUID() });
type Key = ReturnType<typeof aKey>;

const isKey = (key: Key) => eq(idempotencyKeys.key, key["idempotency-key"]);
const keptOf = async (key: Key) => (await db.select().from(idempotencyKeys).where(isKey(key)))[0];

/** A call that takes as long as its receiver lets it. */
async function aSlowCall() {
  const company = await aCompany();
  const receiver = aReceiver();
  const { id } = await register(company, receiver);
  const held: (() => void)[] = [];
  receiver.replies(async () => {
    let isFree = false;
    held.push(() => (isFree = true));
    // Asked again and again, since one request may not wake another.
    while (!isFree) await scheduler.wait(20);
    return new Response("ok");
  });
  const key = aKey();
  return { key, held, receiver, call: () => as(company.admin).post(`${path}/${id}/test`, {}, key) };
}

describe("an Idempotency-Key", () => {
  it("stands for the whole address, not only the path", async () => {
    const { admin } = await aCompany();
    const key = aKey();
    const draft = { first_name: "Ann", last_name: "Field", email: "ann@example.test", phone: null };
    await as(admin).post("/api/contacts", draft);
    const refused = await as(admin).post("/api/contacts", draft, key);
    expect(refused.status).toBe(409);
    const other = await as(admin).post("/api/contacts?allow_duplicate=true", draft, key);
    expect(other.status).toBe(409);
    expect(JSON.stringify(other.body)).toContain("used with another request");
    const again = await as(admin).post("/api/contacts", draft, key);
    expect(again.body).toEqual(refused.body);
  });

  it("gives the headers that belong to the answer again too", async () => {
    const { admin, property } = await aCompany();
    const [key, other] = [aKey(), aKey()];
    const draft = { property_id: property.id, question: "Can I paint the walls?" };
    const task = () => as(admin).post("/api/tasks", draft, key);
    const [made, again] = [await task(), await task()];
    expect(again.body).toEqual(made.body);
    expect(again.headers.get("etag")).toBe('"1"');
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    const apiKey = () => as(admin).post("/api/api-keys", { name: "k", permissions: ["view_leads"] }, other);
    const [shown, shownAgain] = [await apiKey(), await apiKey()];
    expect(shownAgain.body).toEqual(shown.body);
    expect(shownAgain.headers.get("cache-control")).toBe("no-store");
  });

  it("is new again after a day, also before anybody has swept", async () => {
    const { admin } = await aCompany();
    const key = aKey();
    const post = (name: string) =>
      as(admin).post("/api/api-keys", { name, permissions: ["view_leads"] }, key);
    const first = await post("first");
    await db
      .update(idempotencyKeys)
      .set({ expiresAt: new Date(Date.now() - 1) })
      .where(isKey(key));
    const second = await post("second");
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body.data.id).not.toBe(first.body.data.id);
    expect((await keptOf(key))!.expiresAt.getTime()).toBeGreaterThan(Date.now() + 86_000_000);
  });

  it("that was taken over keeps the answer of whoever took it, however the slow one ends", async () => {
    const { key, held, receiver, call } = await aSlowCall();
    const slow = call();
    await vi.waitFor(() => expect(held).toHaveLength(1), 5000);
    await db
      .update(idempotencyKeys)
      .set({ lockedUntil: new Date(Date.now() - 1) })
      .where(isKey(key));
    const quick = call();
    await vi.waitFor(() => expect(held).toHaveLength(2), 5000);
    held[1]!();
    const kept = (await quick).body;
    held[0]!();
    expect((await slow).body.data.id).not.toBe(kept.data.id);
    expect((await call()).body).toEqual(kept);
    expect(receiver.arrived).toHaveLength(2);
  });

  it("is still held while the first request works, and a duplicate gets that one's answer", async () => {
    const { held, receiver, call } = await aSlowCall();
    const [first, second] = [call(), call()];
    await vi.waitFor(() => expect(held).toHaveLength(1), 5000);
    held[0]!();
    expect((await second).body).toEqual((await first).body);
    expect(receiver.arrived).toHaveLength(1);
  });

  it("does not make a long answer fail", async () => {
    const { id, admin } = await aCompany();
    await env.DB.prepare(entitiesStatement).bind(id, 0, 400, "o", null).run();
    await env.DB.prepare("update status_entities set status_label = ?2 where company_id = ?1")
      .bind(id, "x".repeat(6000))
      .run();
    const key = aKey();
    const entities = Array.from({ length: 400 }, (_, n) => ({ entity_type: "order", entity_id: `o${n}` }));
    const ask = () => as(admin).post("/api/v1/status/current/bulk", { entities }, key);
    const [first, second] = [await ask(), await ask()];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(first.body.data).toHaveLength(400);
    expect((await keptOf(key)) === undefined).toBe(true);
  });
});
