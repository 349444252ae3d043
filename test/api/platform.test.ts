import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { createApp } from "../../src/app.ts";
import { rateLimiter } from "../../src/durable/stubs.ts";
import { anonymous, as } from "../support/api.ts";
import { aCompany, anAccount, aPlatformAdmin } from "../support/factories.ts";

const unique = () => crypto.randomUUID();

describe("every answer", () => {
  it("carries success, data, the time and the request's own id", async () => {
    const { body, headers } = await anonymous().get("/api/health", { "x-request-id": "from-the-caller-1" });
    expect(body).toMatchObject({
      success: true,
      data: { status: "healthy" },
      meta: { requestId: "from-the-caller-1" },
    });
    expect(headers.get("x-request-id")).toBe("from-the-caller-1");
    expect(new Date(body.meta.timestamp).toISOString()).toBe(body.meta.timestamp);
  });

  it("gets an id of ours when the caller's is missing or no id at all", async () => {
    const first = await anonymous().get("/api/health", { "x-request-id": "<script>" });
    const second = await anonymous().get("/api/health");
    expect(first.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(second.headers.get("x-request-id")).not.toBe(first.headers.get("x-request-id"));
  });

  it("forbids sniffing, framing and leaking the address", async () => {
    const { headers } = await anonymous().get("/api/health");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("SAMEORIGIN");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("strict-transport-security")).toContain("max-age=");
  });

  it("hands signed-in callers the bookmark of what they have seen", async () => {
    const { admin } = await aCompany();
    const { headers } = await as(admin).get("/api/companies");
    const bookmark = headers.get("x-d1-bookmark");
    expect(bookmark).toBeTruthy();
    expect((await as(admin).get("/api/companies", { "x-d1-bookmark": bookmark! })).status).toBe(200);
  });

  it("tells pages of a list where they stand", async () => {
    const { admin } = await aCompany();
    const { body } = await as(admin).get("/api/companies?limit=5");
    expect(body.meta.pagination).toEqual({ page: 1, limit: 5, total: 1, totalPages: 1 });
  });
});

describe("refusals", () => {
  it("answers an unknown path in the dialect of the place", async () => {
    const ours = await anonymous().get("/api/no-such-thing");
    expect([ours.status, ours.body.error.code]).toEqual([404, "RECORD_NOT_FOUND"]);
    const contacts = await as((await aCompany()).admin).get("/api/contacts/of/no/such/path");
    expect(contacts.status).toBe(404);
    expect(Object.keys(contacts.body)).toEqual(["detail"]);
  });

  it("tells malformed JSON from wrong fields", async () => {
    const response = await anonymous().fetch("/api/auth/login", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{nope",
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ success: false, error: { code: "INVALID_FORMAT" } });
  });

  it("takes JSON only", async () => {
    const response = await anonymous().fetch("/api/auth/login", {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: "{}",
    });
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ error: { code: "UNSUPPORTED_MEDIA_TYPE" } });
  });

  it("takes a megabyte and not more", async () => {
    const { status, body } = await anonymous().post("/api/auth/login", { email: "x".repeat(1024 * 1024) });
    expect([status, body.error.code]).toEqual([413, "PAYLOAD_TOO_LARGE"]);
  });

  it("lists every wrong field at once", async () => {
    const root = as(await aPlatformAdmin());
    const { status, body } = await root.post("/api/companies", {
      contact_email: "no",
      is_sandbox: "perhaps",
    });
    expect([status, body.error.code]).toEqual([422, "VALIDATION_ERROR"]);
    const fields = body.error.details.map(({ field, code }: { field: string; code: string }) => [
      field,
      code,
    ]);
    expect(fields).toEqual([
      ["name", "missing"],
      ["contact_email", "format"],
      ["is_sandbox", "invalid"],
    ]);
  });

  it("names the kind when all complaints are of one kind", async () => {
    const root = as(await aPlatformAdmin());
    expect((await root.post("/api/companies", {})).body.error.code).toBe("MISSING_REQUIRED_FIELD");
    const badFormat = await root.post("/api/companies", { name: "Maple", contact_email: "no" });
    expect(badFormat.body.error.code).toBe("INVALID_FORMAT");
  });

  it("answers another company's record like a missing one, word for word", async () => {
    const [mine, theirs] = [await aCompany(), await aCompany()];
    const foreign = await as(mine.admin).get(`/api/companies/${theirs.id}`);
    const missing = await as(mine.admin).get(`/api/companies/${unique()}`);
    expect(foreign.status).toBe(404);
    expect(foreign.body.error).toEqual(missing.body.error);
  });

  it("does not take a token that was tampered with or has ended", async () => {
    const { admin } = await aCompany();
    const forged = await anonymous().get("/api/companies", { authorization: "Bearer a.b.c" });
    expect([forged.status, forged.body.error.code]).toEqual([401, "INVALID_TOKEN"]);
    const ended = await as({ ...admin, sessionId: unique() }).get("/api/companies");
    expect([ended.status, ended.body.error.code]).toEqual([401, "INVALID_TOKEN"]);
  });
});

describe("Idempotency-Key", () => {
  const draft = { name: "Once Only" };

  it("gives the same key and body the first answer again", async () => {
    const root = as(await aPlatformAdmin());
    const key = { "idempotency-key": unique() };
    const first = await root.post("/api/companies", draft, key);
    const second = await root.post("/api/companies", draft, key);
    expect(first.status).toBe(201);
    expect(second.status).toBe(201);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get("idempotency-replayed")).toBe("true");
  });

  it("refuses the same key with another body", async () => {
    const root = as(await aPlatformAdmin());
    const key = { "idempotency-key": unique() };
    await root.post("/api/companies", draft, key);
    const { status, body } = await root.post("/api/companies", { name: "Another" }, key);
    expect([status, body.error.code]).toEqual([409, "CONFLICT"]);
  });

  it("runs concurrent duplicates once", async () => {
    const root = as(await aPlatformAdmin());
    const key = { "idempotency-key": unique() };
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => root.post("/api/companies", draft, key)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body.data.id)).size).toBe(1);
  });

  it("belongs to its caller", async () => {
    const [first, second] = [as(await aPlatformAdmin()), as(await aPlatformAdmin())];
    const key = { "idempotency-key": unique() };
    const a = await first.post("/api/companies", draft, key);
    const b = await second.post("/api/companies", draft, key);
    expect(b.body.data.id).not.toBe(a.body.data.id);
  });
});

describe("ETag and If-Match", () => {
  it("refuses to write over a version the caller has not seen", async () => {
    const { admin, id } = await aCompany();
    const seen = (await as(admin).get(`/api/companies/${id}`)).headers.get("etag")!;
    const fresh = await as(admin).put(`/api/companies/${id}`, { name: "First" }, { "if-match": seen });
    expect([fresh.status, fresh.body.data.name]).toEqual([200, "First"]);
    const stale = await as(admin).put(`/api/companies/${id}`, { name: "Second" }, { "if-match": seen });
    expect([stale.status, stale.body.error.code]).toEqual([412, "PRECONDITION_FAILED"]);
    expect((await as(admin).get(`/api/companies/${id}`)).body.data.name).toBe("First");
  });

  it("changes only the fields that are named; null clears one", async () => {
    const { admin, id } = await aCompany({ contactEmail: "old@example.test" });
    const first = await as(admin).put(`/api/companies/${id}`, { contact_phone: "312 555 0100" });
    expect(first.body.data).toMatchObject({
      contact_email: "old@example.test",
      contact_phone: "+13125550100",
    });
    const second = await as(admin).put(`/api/companies/${id}`, { contact_email: null });
    expect(second.body.data).toMatchObject({ contact_email: null, contact_phone: "+13125550100" });
  });
});

describe("CORS", () => {
  const asks = (origin: string) =>
    anonymous().fetch("/api/health", {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" },
    });

  it("lets in the pages of a property and no others", async () => {
    const { property } = await aCompany();
    const [origin = ""] = property.allowedOrigins;
    const known = await asks(origin);
    expect([known.status, known.headers.get("access-control-allow-origin")]).toEqual([204, origin]);
    const unknown = await asks("https://elsewhere.example");
    expect([unknown.status, unknown.headers.get("access-control-allow-origin")]).toEqual([403, null]);
  });

  it("shows answers to pages that were let in only", async () => {
    const { property } = await aCompany();
    const [origin = ""] = property.allowedOrigins;
    const known = await anonymous().get("/api/health", { origin });
    expect(known.headers.get("access-control-allow-origin")).toBe(origin);
    expect(known.headers.get("access-control-expose-headers")).toContain("RateLimit");
    const unknown = await anonymous().get("/api/health", { origin: "https://elsewhere.example" });
    expect(unknown.headers.get("access-control-allow-origin")).toBeNull();
    expect(unknown.headers.get("vary")).toContain("Origin");
  });
});

describe("rate limits", () => {
  it("lets exactly the limit through, however many come at once", async () => {
    const limiter = rateLimiter(env, `test:${unique()}`);
    const answers = await Promise.all(Array.from({ length: 40 }, () => limiter.take(7, 60_000)));
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(7);
  });

  it("tells what is left, and when to come back once nothing is", async () => {
    const address = unique();
    const app = createApp();
    const unscaled = { ...env, RATE_LIMIT_SCALE: "1" } as unknown as Env;
    const login = () =>
      app.fetch(
        new Request("https://api.domiq.test/api/auth/refresh", {
          method: "POST",
          headers: { "content-type": "application/json", "cf-connecting-ip": address },
          body: JSON.stringify({ refresh_token: "rt_not-a-token-of-ours" }),
        }),
        unscaled,
        createExecutionContext(),
      );
    const first = await login();
    expect(first.headers.get("ratelimit-policy")).toBe('"anonymous";q=100;w=900');
    expect(first.headers.get("ratelimit")).toMatch(/^"anonymous";r=99;t=\d+$/);
    for (let call = 2; call <= 100; call++) expect((await login()).status).toBe(401);
    const refused = await login();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ error: { code: "RATE_LIMIT_EXCEEDED" } });
  });

  it("counts each account for itself", async () => {
    const { admin, company } = await aCompany();
    const second = await anAccount(company, "company_admin");
    const before = (await as(admin).get("/api/companies")).headers.get("ratelimit");
    expect((await as(second).get("/api/companies")).headers.get("ratelimit")).toBe(before);
  });
});
