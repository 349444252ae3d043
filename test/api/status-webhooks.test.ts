import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { idempotencyKeys } from "../../src/db/schema/ledger.ts";
import { statusWebhooks, webhookSecrets } from "../../src/db/schema/webhooks.ts";
import { as } from "../support/api.ts";
import { aCompany, db } from "../support/factories.ts";
import { aReceiver, onAnInternetOfOurOwn, verified, withoutNames } from "../support/receivers.ts";
import { aCompanyWithReceiver, anOrder, path, register, send, webhookNow } from "../support/webhooks.ts";

onAnInternetOfOurOwn();

/** What is kept of the answer to a call with this key, as text. */
async function keptOf(key: { "idempotency-key": string }): Promise<string> {
  const isKey = eq(idempotencyKeys.key, key["idempotency-key"]);
  const kept = await db.select().from(idempotencyKeys).where(isKey);
  expect(kept).toHaveLength(1);
  return JSON.stringify(kept);
}

describe(`POST ${path}`, () => {
  it("registers by the documented body, and signs with the secret given", async () => {
    const company = await aCompany();
    const receiver = aReceiver("/webhooks/status");
    const { status, body, headers } = await as(company.admin).post(path, {
      webhook_url: receiver.url,
      entity_types: ["order", "quote"],
      status_filters: ["done"],
      secret_key: "webhook-secret-123",
      is_active: true,
    });
    expect([status, headers.get("cache-control")]).toEqual([201, "no-store"]);
    expect(body.data).toMatchObject({
      webhook_url: receiver.url,
      entity_types: ["order", "quote"],
      status_filters: ["done"],
      events: ["status_changed"],
      secret_key: `whsec_${btoa("webhook-secret-123")}`,
      is_active: true,
      failing_since: null,
    });
    const order = anOrder(company);
    await order.move("open");
    await order.move("done");
    await send(company);
    expect(receiver.story()).toEqual(["2 done"]);
    expect(verified(body.data.secret_key, receiver.arrived[0]!)).toBeTruthy();
  });

  it("makes a secret when none is given, shows it once and keeps it sealed", async () => {
    const { company, webhook } = await aCompanyWithReceiver({
      headers: { Authorization: "Bearer 0123456789abcdef" },
    });
    expect(webhook.secret_key).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const masked = `••••${webhook.secret_key.slice(-4)}`;
    const one = await as(company.admin).get(`${path}/${webhook.id}`);
    const list = await as(company.admin).get(path);
    for (const shown of [one.body.data, list.body.data[0]])
      expect(shown).toMatchObject({ secret_key: masked, headers: { authorization: "••••cdef" } });
    const stored = await db.select().from(webhookSecrets).where(eq(webhookSecrets.webhookId, webhook.id));
    const audit = await as(company.admin).get(`/api/audit-log?record_type=webhook`);
    const everywhere = JSON.stringify([stored, await webhookNow(webhook), audit.body, list.body]);
    for (const secret of [webhook.secret_key, webhook.secret_key.slice(6), "0123456789"])
      expect(everywhere).not.toContain(secret);
  });

  it("answers a repeated call with the same secret, and keeps that answer sealed too", async () => {
    const { admin } = await aCompany();
    const key = { "idempotency-key": crypto.randomUUID() };
    const draft = { webhook_url: aReceiver().url };
    const [first, second] = [
      await as(admin).post(path, draft, key),
      await as(admin).post(path, draft, key),
    ] as const;
    expect(second.body.data).toEqual(first.body.data);
    expect(await keptOf(key)).not.toContain(first.body.data.secret_key.slice(6));
  });

  it("that is asked twice for a new secret under one key rotates once, and keeps that answer sealed", async () => {
    const { company, webhook } = await aCompanyWithReceiver();
    const key = { "idempotency-key": crypto.randomUUID() };
    const rotate = () => as(company.admin).post(`${path}/${webhook.id}/rotate-secret`, {}, key);
    const [first, second] = [await rotate(), await rotate()] as const;
    expect(second.body.data).toEqual(first.body.data);
    expect(first.body.data.previous_secrets).toHaveLength(1);
    expect(first.headers.get("cache-control")).toBe("no-store");
    expect(await keptOf(key)).not.toContain(first.body.data.secret_key.slice(6));
  });

  it("opens no secret that was copied to another webhook, and sends nothing unsigned", async () => {
    const { company, receiver, webhook } = await aCompanyWithReceiver();
    const other = aReceiver();
    const thief = await register(company, other);
    await db
      .update(webhookSecrets)
      .set({ webhookId: thief.id })
      .where(eq(webhookSecrets.webhookId, webhook.id));
    await anOrder(company).move("open");
    await send(company);
    expect(other.arrived).toEqual([]);
    expect(receiver.arrived).toEqual([]);
  });

  it.each([
    ["http://hooks.example.com/", "must be https"],
    ["https://127.0.0.1/", "must not lead to a private address"],
    ["https://2130706433/", "must not lead to a private address"],
    ["https://[::ffff:169.254.169.254]/", "must not lead to a private address"],
    ["https://metadata.google.internal/", "must name a public host"],
    ["https://user:pass@hooks.example.com/", "must not carry a user name or password"],
    ["https://hooks.example.com:22/", "must use port 443 or 8443"],
    ["https://nobody-knows.example.com/", "must name a host that resolves to an address"],
    ["http://localhost:8787/api/health", "must be https"],
    ["not a url", "must be a URL"],
  ])("refuses %s: it %s", async (webhook_url, message) => {
    const { admin } = await aCompany();
    const { status, body } = await as(admin).post(path, { webhook_url });
    expect([status, body.error.code]).toEqual([422, "VALIDATION_ERROR"]);
    expect(body.error.details).toMatchObject([{ field: "webhook_url", message }]);
  });

  it.each([["10.0.0.1"], ["93.184.216.34", "192.168.1.1"], ["::1"], ["64:ff9b::a9fe:a9fe"]])(
    "refuses a public name that leads to %s",
    async (...addresses) => {
      const { admin } = await aCompany();
      const receiver = aReceiver();
      receiver.movesTo(...addresses);
      const { status, body } = await as(admin).post(path, { webhook_url: receiver.url });
      expect(status).toBe(422);
      expect(body.error.details).toMatchObject([{ message: "must not resolve to a private address" }]);
    },
  );

  it("refuses what it cannot check", async () => {
    const { admin } = await aCompany();
    const { url } = aReceiver();
    const { status, body } = await withoutNames(() => as(admin).post(path, { webhook_url: url }));
    expect(status).toBe(422);
    expect(body.error.details).toMatchObject([{ message: "could not be checked just now, try again" }]);
  });

  it("lets the sandbox of a developer's machine in, and nothing beside it", async () => {
    const { admin } = await aCompany();
    const sandbox = (env as unknown as { SANDBOX_ORIGIN: string }).SANDBOX_ORIGIN;
    const to = (webhook_url: string) => as(admin).post(path, { webhook_url });
    expect((await to(`${sandbox}/sink/orders`)).status).toBe(201);
    expect((await to(`${sandbox.replace("localhost", "127.0.0.1")}/sink/orders`)).status).toBe(422);
    expect((await to(`${sandbox}9/sink/orders`)).status).toBe(422);
  });

  it.each([
    "Webhook-Id",
    "webhook-signature",
    "Host",
    "content-length",
    "Content-Type",
    "Transfer-Encoding",
    "Connection",
    "cookie",
    "X-Forwarded-For",
    "CF-Connecting-IP",
    "bad name",
    "",
  ])("does not let a receiver set the header %j", async (name) => {
    const { admin } = await aCompany();
    const { status } = await as(admin).post(path, { webhook_url: aReceiver().url, headers: { [name]: "x" } });
    expect(status).toBe(422);
  });

  it("refuses header values that would end the header", async () => {
    const { admin } = await aCompany();
    for (const value of ["a\r\nx-other: b", "a\nb", "", " a", "ü"]) {
      const draft = { webhook_url: aReceiver().url, headers: { "x-token": value } };
      expect((await as(admin).post(path, draft)).status).toBe(422);
    }
  });

  it("sends the headers a receiver asked for", async () => {
    const { company, receiver } = await aCompanyWithReceiver({
      headers: { Authorization: "Bearer 0123456789abcdef", "X-Tenant": "7" },
    });
    await anOrder(company).move("open");
    await send(company);
    expect(receiver.arrived[0]!.headers).toMatchObject({
      authorization: "Bearer 0123456789abcdef",
      "x-tenant": "7",
    });
  });

  it.each([
    [{ secret_key: "short" }, "secret_key"],
    [{ secret_key: "whsec_c2hvcnQ=" }, "secret_key"],
    [{ events: [] }, "events"],
    [{ events: ["everything"] }, "events.0"],
    [{ entity_types: ["Not A Type"] }, "entity_types.0"],
    [{ property_ids: ["nowhere"] }, "property_ids"],
    [{ max_per_second: 0 }, "max_per_second"],
  ])("refuses %j", async (over, field) => {
    const { admin } = await aCompany();
    const { status, body } = await as(admin).post(path, { webhook_url: aReceiver().url, ...over });
    expect(status).toBe(422);
    expect(body.error.details).toMatchObject([{ field }]);
  });

  it("does not take another company's property", async () => {
    const { admin } = await aCompany();
    const { property } = await aCompany();
    const { status } = await as(admin).post(path, {
      webhook_url: aReceiver().url,
      property_ids: [property.id],
    });
    expect(status).toBe(422);
  });

  it("is for administrators", async () => {
    const company = await aCompany();
    const { status, body } = await as(company.manager).post(path, { webhook_url: aReceiver().url });
    expect([status, body.error.code]).toEqual([403, "PERMISSION_DENIED"]);
  });

  it("takes fifty for a company", async () => {
    const { company, webhook } = await aCompanyWithReceiver();
    const row = await webhookNow(webhook);
    for (let n = 1; n < 50; n += 1) await db.insert(statusWebhooks).values({ ...row, id: `${row.id} ${n}` });
    const { status, body } = await as(company.admin).post(path, { webhook_url: aReceiver().url });
    expect([status, body.error.code]).toEqual([409, "CONFLICT"]);
  });
});

describe(`GET ${path}`, () => {
  it("lists by what they hear of, whether they are on, and where they go", async () => {
    const company = await aCompany();
    const all = await register(company, aReceiver("/all"));
    const orders = await register(company, aReceiver("/orders"), { entity_types: ["order"] });
    const off = await register(company, aReceiver("/off"), { entity_types: ["quote"], is_active: false });
    const ids = async (query: string) => {
      const { body } = await as(company.admin).get(`${path}?${query}`);
      expect(body.meta.pagination.total).toBe(body.data.length);
      return body.data.map((row: { id: string }) => row.id);
    };
    expect(await ids("")).toEqual([all.id, orders.id, off.id]);
    expect(await ids("sort=-created_at")).toEqual([off.id, orders.id, all.id]);
    expect(await ids("entity_type=order")).toEqual([all.id, orders.id]);
    expect(await ids("is_active=false")).toEqual([off.id]);
    expect(await ids("q=/orders")).toEqual([orders.id]);
  });
});
