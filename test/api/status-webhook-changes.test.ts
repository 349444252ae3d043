import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { webhookSecrets } from "../../src/db/schema/webhooks.ts";
import { cancelPending } from "../../src/modules/status/webhooks/pending.ts";
import { as } from "../support/api.ts";
import { aContext } from "../support/deliver.ts";
import { db } from "../support/factories.ts";
import { aReceiver, onAnInternetOfOurOwn, verified } from "../support/receivers.ts";
import {
  aCompanyWithReceiver,
  anOrder,
  deliveriesOf,
  pass,
  path,
  register,
  send,
  webhookNow,
  work,
} from "../support/webhooks.ts";

onAnInternetOfOurOwn();

const hour = 3_600_000;

describe(`PUT ${path}/:id`, () => {
  it("changes what is named and leaves the rest", async () => {
    const { company, webhook, receiver } = await aCompanyWithReceiver({
      headers: { "x-token": "0123456789ab" },
    });
    const moved = aReceiver();
    const put = (body: object, headers = {}) => as(company.admin).put(`${path}/${webhook.id}`, body, headers);
    const changed = await put({ webhook_url: moved.url, description: "Orders to the ERP" });
    expect(changed.body.data).toMatchObject({
      webhook_url: moved.url,
      description: "Orders to the ERP",
      headers: { "x-token": "••••89ab" },
      secret_key: `••••${webhook.secret_key.slice(-4)}`,
    });
    expect((await put({ headers: null, description: null })).body.data).toMatchObject({
      headers: {},
      description: null,
    });
    expect((await put({ is_active: true }, { "If-Match": '"1"' })).status).toBe(412);
    expect((await put({ webhook_url: "https://10.0.0.1/" })).status).toBe(422);
    await anOrder(company).move("open");
    await send(company);
    expect([receiver.arrived.length, moved.arrived.length]).toEqual([0, 1]);
    expect(verified(webhook.secret_key, moved.arrived[0]!)).toBeTruthy();
  });

  it("cancels nothing when another change was faster", async () => {
    const { company, webhook } = await aCompanyWithReceiver();
    await anOrder(company).move("open");
    const ctx = await aContext(company.id);
    await db.batch(cancelPending(ctx, webhook.id));
    expect(await deliveriesOf(webhook)).toMatchObject([{ status: "pending" }]);
    expect((await work(company)).map(({ status }) => status)).toEqual(["pending"]);
  });

  it("cancels what is still to be sent when it is switched off", async () => {
    const { company, webhook, receiver } = await aCompanyWithReceiver();
    const neighbour = aReceiver();
    await register(company, neighbour);
    await anOrder(company).move("open");
    await as(company.admin).put(`${path}/${webhook.id}`, { is_active: false });
    await send(company);
    expect(receiver.arrived).toEqual([]);
    expect(neighbour.arrived).toHaveLength(1);
    expect(await deliveriesOf(webhook)).toMatchObject([{ status: "cancelled", attempts: 0 }]);
    expect((await work(company)).every(({ status }) => status === "done")).toBe(true);
  });
});

describe(`DELETE ${path}/:id`, () => {
  it("ends everything: nothing more is sent, and the secret is gone", async () => {
    const { company, webhook, receiver } = await aCompanyWithReceiver();
    await anOrder(company).move("open");
    const { status, body } = await as(company.admin).delete(`${path}/${webhook.id}`);
    expect([status, body.data.id]).toEqual([200, webhook.id]);
    await anOrder(company).move("open");
    await send(company);
    expect(receiver.arrived).toEqual([]);
    expect((await as(company.admin).get(`${path}/${webhook.id}`)).status).toBe(404);
    expect((await as(company.admin).get(`${path}/${webhook.id}/deliveries`)).status).toBe(404);
    expect(await db.select().from(webhookSecrets).where(eq(webhookSecrets.webhookId, webhook.id))).toEqual(
      [],
    );
  });
});

describe(`POST ${path}/:id/rotate-secret`, () => {
  it("lets both secrets verify for a day, then only the new one", async () => {
    const { company, receiver, webhook } = await aCompanyWithReceiver();
    const { body } = await as(company.admin).post(`${path}/${webhook.id}/rotate-secret`);
    const [old, fresh] = [webhook.secret_key, body.data.secret_key as string];
    expect(fresh).toMatch(/^whsec_/);
    expect(fresh).not.toBe(old);
    expect(body.data.previous_secrets).toMatchObject([{ last_four: old.slice(-4) }]);
    await pass(company, 23.9 * hour);
    await anOrder(company, 1).move("open");
    await send(company);
    const [during] = receiver.arrived;
    expect(during!.headers["webhook-signature"]!.split(" ")).toHaveLength(2);
    for (const secret of [old, fresh]) expect(verified(secret, during!)).toBeTruthy();
    await pass(company, 0.2 * hour);
    await anOrder(company, 2).move("open");
    await send(company);
    const after = receiver.arrived[1]!;
    expect(after.headers["webhook-signature"]!.split(" ")).toHaveLength(1);
    expect(verified(fresh, after)).toBeTruthy();
    expect(() => verified(old, after)).toThrow(/No matching signature/);
    const now = await as(company.admin).get(`${path}/${webhook.id}`);
    expect(now.body.data).toMatchObject({ secret_key: `••••${fresh.slice(-4)}`, previous_secrets: [] });
  });

  it("takes a secret of one's own, and ten before it that still sign", async () => {
    const { company, receiver, webhook } = await aCompanyWithReceiver();
    const rotate = (secret_key: string) =>
      as(company.admin).post(`${path}/${webhook.id}/rotate-secret`, { secret_key });
    for (let n = 0; n < 10; n += 1) {
      const { status, body } = await rotate(`the secret number ${n}`);
      expect([status, body.data.secret_key]).toEqual([200, `whsec_${btoa(`the secret number ${n}`)}`]);
    }
    const refused = await rotate("one secret too many");
    expect([refused.status, refused.body.error.code]).toEqual([409, "CONFLICT"]);
    expect(refused.body.error.details).toEqual({ previous_secrets: 10 });
    await anOrder(company).move("open");
    await send(company);
    expect(receiver.arrived[0]!.headers["webhook-signature"]!.split(" ")).toHaveLength(11);
    await pass(company, 24.1 * hour);
    expect((await rotate("a day later all is well")).status).toBe(200);
  });
});

describe(`POST ${path}/:id/test`, () => {
  it("sends a signed test message now and tells what came back", async () => {
    const { company, receiver, webhook } = await aCompanyWithReceiver({ is_active: false });
    receiver.replies(418);
    const { status, body } = await as(company.admin).post(`${path}/${webhook.id}/test`);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      trigger: "test",
      success: false,
      status_code: 418,
      response: "it is 418",
      url: receiver.url,
    });
    expect(verified(webhook.secret_key, receiver.arrived[0]!)).toMatchObject({ event: "test" });
    expect((await webhookNow(webhook)).failingSince).toBeNull();
    expect(await work(company)).toEqual([]);
    receiver.replies(200);
    expect((await as(company.admin).post(`${path}/${webhook.id}/test`)).body.data.success).toBe(true);
    const list = await as(company.admin).get(`${path}/${webhook.id}/deliveries`);
    expect(list.body.data.map((row: { status: string }) => row.status)).toEqual(["delivered", "failed"]);
  });
});
