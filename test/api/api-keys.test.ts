import { env } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createApp } from "../../src/app.ts";
import { parts } from "../../src/core/routers.ts";
import { apiKeys } from "../../src/db/schema/access.ts";
import { auditLog, idempotencyKeys } from "../../src/db/schema/ledger.ts";
import { anonymous, as } from "../support/api.ts";
import { aCompany, aLead, db, type TestCompany } from "../support/factories.ts";

afterEach(() => {
  delete parts.now;
});

async function aKey(company: TestCompany, draft: Record<string, unknown> = {}) {
  const { body } = await as(company.admin).post("/api/api-keys", {
    name: "Reporting",
    permissions: ["view_leads"],
    ...draft,
  });
  return { id: body.data.id as string, key: body.data.key as string, header: { "x-api-key": body.data.key } };
}

async function rowOf(id: string) {
  const [row] = await db.select().from(apiKeys).where(eq(apiKeys.id, id));
  return row!;
}

const ask = (header: Record<string, string>, path = "/api/leads") => anonymous().get(path, header);

describe("an API key", () => {
  it("is shown once and kept as a digest", async () => {
    const company = await aCompany();
    const { id, key } = await aKey(company);
    expect(key).toMatch(/^dk_[\w-]{43}$/);
    expect(JSON.stringify(await rowOf(id))).not.toContain(key);
    const got = await as(company.admin).get(`/api/api-keys/${id}`);
    const listed = await as(company.admin).get("/api/api-keys");
    expect(got.body.data.last_four).toBe(key.slice(-4));
    expect(JSON.stringify([got.body, listed.body])).not.toContain(key);
  });

  it("is kept encrypted where its making may be repeated, and comes out the same", async () => {
    const { admin } = await aCompany();
    const draft = { name: "Once", permissions: ["view_leads"] };
    const once = { "idempotency-key": crypto.randomUUID() };
    const first = await as(admin).post("/api/api-keys", draft, once);
    const second = await as(admin).post("/api/api-keys", draft, once);
    expect(second.body).toEqual(first.body);
    const [kept] = await db
      .select()
      .from(idempotencyKeys)
      .where(eq(idempotencyKeys.key, once["idempotency-key"]));
    expect(kept!.body).not.toContain(first.body.data.key);
  });

  it("opens what it was given, and 403 stands before everything else", async () => {
    const company = await aCompany();
    await aLead(company.property);
    const { header } = await aKey(company);
    expect((await ask(header)).body.meta.pagination.total).toBe(1);
    const refused = await ask(header, "/api/tours");
    expect([refused.status, refused.body.error.code]).toEqual([403, "INSUFFICIENT_PERMISSIONS"]);
    expect((await anonymous().post("/api/api-keys", {}, header)).status).toBe(403);
  });

  it("sees its own company only, and of it the properties it names", async () => {
    const [company, other] = [await aCompany(), await aCompany()];
    const draft = { permissions: ["view_properties"] };
    const everywhere = await aKey(company, draft);
    const narrow = await aKey(company, { ...draft, property_ids: [company.property.id] });
    const seen = async (header: Record<string, string>, { id }: { id: string }) =>
      (await ask(header, `/api/properties/${id}`)).status;
    expect(await seen(everywhere.header, other.property)).toBe(404);
    expect(await seen(everywhere.header, company.otherProperty)).toBe(200);
    expect(await seen(narrow.header, company.property)).toBe(200);
    expect(await seen(narrow.header, company.otherProperty)).toBe(404);
    expect(await seen({ ...everywhere.header, "x-company-id": other.id }, other.property)).toBe(404);
  });

  it("that is unknown, taken back or expired opens nothing", async () => {
    const company = await aCompany();
    const revoked = await aKey(company);
    const expired = await aKey(company, { expires_at: new Date(Date.now() + 60_000).toISOString() });
    expect((await ask(expired.header)).status).toBe(200);
    await as(company.admin).delete(`/api/api-keys/${revoked.id}`);
    const codes = [];
    for (const header of [{ "x-api-key": "dk_nobody" }, { "x-api-key": "nonsense" }, revoked.header])
      codes.push((await ask(header)).body.error.code);
    expect(codes).toEqual(["INVALID_TOKEN", "INVALID_TOKEN", "INVALID_TOKEN"]);
    parts.now = () => Date.now() + 61_000;
    const late = await ask(expired.header);
    expect([late.status, late.body.error.code]).toEqual([401, "TOKEN_EXPIRED"]);
    expect((await as(company.admin).delete(`/api/api-keys/${revoked.id}`)).status).toBe(404);
  });

  it("that is rotated goes on under another secret", async () => {
    const company = await aCompany();
    const old = await aKey(company);
    const { body } = await as(company.admin).post(`/api/api-keys/${old.id}/rotate`);
    expect((await ask(old.header)).status).toBe(401);
    expect((await ask({ "x-api-key": body.data.key })).status).toBe(200);
    expect(body.data.id).toBe(old.id);
  });

  it("notes its last use, at most once a minute", async () => {
    const company = await aCompany();
    const { id, header } = await aKey(company);
    expect((await rowOf(id)).lastUsedAt).toBeNull();
    await ask(header);
    const first = await vi.waitFor(async () => {
      const { lastUsedAt } = await rowOf(id);
      expect(lastUsedAt).not.toBeNull();
      return lastUsedAt!;
    });
    parts.now = () => first.getTime() + 59_000;
    await ask(header);
    parts.now = () => first.getTime() + 61_000;
    await ask(header);
    await vi.waitFor(async () =>
      expect((await rowOf(id)).lastUsedAt?.getTime()).toBe(first.getTime() + 61_000),
    );
  });

  it("is what the audit log shows for what it wrote", async () => {
    const company = await aCompany();
    const { id, header } = await aKey(company, { name: "Importer", permissions: ["edit_properties"] });
    const path = `/api/properties/${company.property.id}`;
    expect((await anonymous().put(path, { name: "Maple Yard" }, header)).status).toBe(200);
    const [row] = await db.select().from(auditLog).where(eq(auditLog.recordId, company.property.id));
    expect(row).toMatchObject({ actorKind: "api_key", actorId: id, actorName: "Importer (API key)" });
  });

  it("holds no more than its maker, no keys to keys, and nothing of the platform", async () => {
    const company = await aCompany();
    const make = (draft: object) =>
      as(company.admin).post("/api/api-keys", { name: "Greedy", permissions: ["view_leads"], ...draft });
    expect((await make({ permissions: ["create_companies"] })).status).toBe(422);
    expect((await make({ permissions: ["manage_api_keys"] })).status).toBe(422);
    expect((await make({ permissions: [] })).status).toBe(422);
    expect((await make({ expires_at: "2020-01-01T00:00:00Z" })).status).toBe(422);
    const other = await aCompany();
    expect((await make({ property_ids: [other.property.id] })).status).toBe(404);
    expect((await as(company.manager).post("/api/api-keys", {})).status).toBe(403);
  });

  it("raises nobody: one that manages accounts makes none above what it holds", async () => {
    const company = await aCompany();
    const { header } = await aKey(company, { permissions: ["manage_accounts"] });
    const draft = { email: `${crypto.randomUUID()}@example.test`, name: "Noa", role: "company_admin" };
    expect((await anonymous().post("/api/accounts", draft, header)).status).toBe(403);
    expect((await anonymous().post("/api/accounts", { ...draft, role: "viewer" }, header)).status).toBe(201);
  });

  it("has no password and no sessions", async () => {
    const { header } = await aKey(await aCompany());
    expect((await ask(header, "/api/auth/sessions")).status).toBe(403);
  });

  it("is counted for itself", async () => {
    const company = await aCompany();
    const [one, two] = [await aKey(company), await aKey(company)];
    const unscaled = { ...env, RATE_LIMIT_SCALE: "1" } as unknown as Env;
    const remaining = async ({ key }: { key: string }) => {
      const request = new Request("https://api.domiq.test/api/leads", { headers: { "x-api-key": key } });
      const answer = await createApp().fetch(request, unscaled, createExecutionContext());
      return /r=(\d+)/.exec(answer.headers.get("ratelimit")!)![1];
    };
    expect([await remaining(one), await remaining(one), await remaining(two)]).toEqual(["999", "998", "999"]);
  });
});
