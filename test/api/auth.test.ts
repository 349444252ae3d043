import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createApp } from "../../src/app.ts";
import { hashPassword } from "../../src/core/passwords.ts";
import { parts } from "../../src/core/routers.ts";
import { passwordResets } from "../../src/db/schema/access.ts";
import { accounts, refreshTokens } from "../../src/db/schema/companies.ts";
import { auditLog } from "../../src/db/schema/ledger.ts";
import { mails } from "../../src/db/schema/outgoing.ts";
import { anonymous, as, asVisitor, withToken } from "../support/api.ts";
import { aCompany, anAccount, aPlatformAdmin, db, type Account } from "../support/factories.ts";

const password = "correct-horse-battery";
const minuteMs = 60_000;

afterEach(() => {
  delete parts.now;
});

/** An administrator who can sign in with the password above. */
async function somebody(over: Partial<typeof accounts.$inferInsert> = {}) {
  const { company, admin } = await aCompany();
  await givePassword(admin, over);
  return { company, account: admin };
}

async function givePassword(account: Account, over: Partial<typeof accounts.$inferInsert> = {}) {
  const passwordHash = await hashPassword(password);
  await db
    .update(accounts)
    .set({ passwordHash, ...over })
    .where(eq(accounts.id, account.id));
}

async function login(email: string, secret = password) {
  const { status, body } = await anonymous().post("/api/auth/login", { email, password: secret });
  return { status, error: body.error, ...body.data };
}

const refresh = (refresh_token: string) => anonymous().post("/api/auth/refresh", { refresh_token });

async function lettersTo(email: string) {
  return db.select().from(mails).where(eq(mails.toAddress, email)).orderBy(mails.id);
}

/** Asks for a link and takes the token out of the mail. */
async function linkFor(email: string): Promise<string> {
  const before = (await lettersTo(email)).length;
  await anonymous().post("/api/auth/forgot-password", { email });
  return vi.waitFor(async () => {
    const letters = await lettersTo(email);
    expect(letters.length).toBe(before + 1);
    return new URL(/https?:\S+/.exec(letters.at(-1)!.text)![0]).hash.slice(1);
  }, 5000);
}

const reset = (token: string, wanted = "another-long-secret") =>
  anonymous().post("/api/auth/reset-password", { token, password: wanted });

describe("a session", () => {
  it("begins with a password, tells who came, and goes on with a refreshed token", async () => {
    const { account, company } = await somebody();
    const first = await login(account.email);
    expect(first).toMatchObject({ token_type: "Bearer", expires_in: 900 });
    expect(first.account).toMatchObject({ id: account.id, company_id: company.id, role: "company_admin" });
    const { body } = await refresh(first.refresh_token);
    expect(body.data.refresh_token).not.toBe(first.refresh_token);
    expect((await withToken(body.data.access_token).get("/api/auth/verify")).status).toBe(200);
  });

  it("does not tell a wrong password from an unknown address or a disabled account", async () => {
    const { account } = await somebody();
    const { account: disabled } = await somebody({ disabledAt: new Date() });
    const wrong = await login(account.email, "not-the-password");
    const unknown = await login("nobody@example.test");
    const shut = await login(disabled.email);
    expect([wrong.status, unknown.status, shut.status]).toEqual([401, 401, 401]);
    expect(unknown.error).toEqual(wrong.error);
    expect(shut.error).toEqual(wrong.error);
  });

  it("ends with its whole family when a refresh token is used again later", async () => {
    const { account } = await somebody();
    const stolen = await login(account.email);
    const { body: renewed } = await refresh(stolen.refresh_token);
    await db
      .update(refreshTokens)
      .set({ usedAt: new Date(Date.now() - minuteMs) })
      .where(eq(refreshTokens.accountId, account.id));
    expect((await refresh(stolen.refresh_token)).status).toBe(401);
    expect((await refresh(renewed.data.refresh_token)).status).toBe(401);
    expect((await withToken(renewed.data.access_token).get("/api/auth/verify")).status).toBe(401);
  });

  it("survives two tabs that refresh at once: one gets tokens, the other is turned away", async () => {
    const { account } = await somebody();
    const { refresh_token } = await login(account.email);
    const answers = await Promise.all([refresh(refresh_token), refresh(refresh_token)]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 401]));
    const { body } = answers.find(({ status }) => status === 200)!;
    expect((await refresh(body.data.refresh_token)).status).toBe(200);
  });

  it("ends with logout, access token and all", async () => {
    const { account } = await somebody();
    const { access_token, refresh_token } = await login(account.email);
    expect((await anonymous().post("/api/auth/logout", { refresh_token })).status).toBe(200);
    const { status, body } = await withToken(access_token).get("/api/auth/verify");
    expect([status, body.error.code]).toEqual([401, "INVALID_TOKEN"]);
    expect((await refresh(refresh_token)).status).toBe(401);
  });

  it("ends the moment the account is disabled", async () => {
    const { account } = await somebody();
    await db.update(accounts).set({ disabledAt: new Date() }).where(eq(accounts.id, account.id));
    expect((await as(account).get("/api/auth/verify")).status).toBe(401);
  });

  it("keeps no refresh token as it is", async () => {
    const { account } = await somebody();
    const { refresh_token } = await login(account.email);
    const rows = await db.select().from(refreshTokens).where(eq(refreshTokens.accountId, account.id));
    expect(JSON.stringify(rows)).not.toContain(refresh_token);
  });
});

describe("a forgotten password", () => {
  it("is asked for with one and the same answer, whoever asks", async () => {
    const { account } = await somebody();
    const known = await anonymous().post("/api/auth/forgot-password", { email: account.email });
    const unknown = await anonymous().post("/api/auth/forgot-password", { email: "nobody@example.test" });
    expect([known.status, known.body.data]).toEqual([200, { requested: true }]);
    expect([unknown.status, unknown.body.data]).toEqual([known.status, known.body.data]);
  });

  it("is answered before anybody has looked whether there is such an account", async () => {
    const { promise: refusal, reject: refuse } = Promise.withResolvers<never>();
    refusal.catch(() => {});
    const hanging = new Proxy(env.DB, { get: () => () => refusal });
    const request = new Request("https://api.domiq.test/api/auth/forgot-password", {
      method: "POST",
      headers: { "content-type": "application/json", "cf-connecting-ip": crypto.randomUUID() },
      body: JSON.stringify({ email: "anybody@example.test" }),
    });
    const bindings = { ...env, DB: hanging } as unknown as Env;
    expect((await createApp().fetch(request, bindings, createExecutionContext())).status).toBe(200);
    refuse(new Error("nobody has looked"));
  });

  it("is replaced by the mailed link, which ends every session", async () => {
    const { account } = await somebody();
    const session = await login(account.email);
    const token = await linkFor(account.email);
    expect((await reset(token)).status).toBe(200);
    expect((await withToken(session.access_token).get("/api/auth/verify")).status).toBe(401);
    expect((await refresh(session.refresh_token)).status).toBe(401);
    expect((await login(account.email)).status).toBe(401);
    expect((await login(account.email, "another-long-secret")).status).toBe(200);
    const audited = await db.select().from(auditLog).where(eq(auditLog.recordId, account.id));
    expect(audited.map(({ action }) => action)).toEqual(["request_password_reset", "reset_password"]);
    expect(JSON.stringify(audited)).not.toContain("another-long-secret");
  });

  it("has a link that works once, even for two at the same time", async () => {
    const { account } = await somebody();
    const token = await linkFor(account.email);
    const answers = await Promise.all([reset(token), reset(token)]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 401]));
    expect((await reset(token)).body.error.code).toBe("INVALID_TOKEN");
  });

  it("has a link that works for thirty minutes, and of which only a digest is kept", async () => {
    const { account } = await somebody();
    const token = await linkFor(account.email);
    const [row] = await db.select().from(passwordResets).where(eq(passwordResets.accountId, account.id));
    expect(JSON.stringify(row)).not.toContain(token);
    expect(row!.expiresAt.getTime() - row!.createdAt.getTime()).toBe(30 * minuteMs);
    parts.now = () => Date.now() + 30 * minuteMs + 1000;
    const late = await reset(token);
    expect([late.status, late.body.error.code]).toEqual([401, "TOKEN_EXPIRED"]);
  });

  it("has one link at a time: a newer one ends the older", async () => {
    const { account } = await somebody();
    const older = await linkFor(account.email);
    const newer = await linkFor(account.email);
    expect((await reset(older)).status).toBe(401);
    expect((await reset(newer)).status).toBe(200);
  });

  it("keeps its link when the new password is no good", async () => {
    const { account } = await somebody();
    const token = await linkFor(account.email);
    for (const bad of ["short", "password1234", "zzzzzzzzzzzzzz"]) {
      const refused = await reset(token, bad);
      expect([refused.status, refused.body.error.details[0].field]).toEqual([422, "password"]);
    }
    expect((await reset(token)).status).toBe(200);
  });

  it("fills no mailbox: from however many places somebody asks, five links in a quarter of an hour", async () => {
    const { account } = await somebody();
    for (let link = 1; link <= 5; link += 1) await linkFor(account.email);
    const other = await somebody();
    await anonymous().post("/api/auth/forgot-password", { email: account.email });
    await linkFor(other.account.email);
    expect(await lettersTo(account.email)).toHaveLength(5);
  });

  it("of the platform's own people is mailed too", async () => {
    const root = await aPlatformAdmin();
    expect((await reset(await linkFor(root.email))).status).toBe(200);
    const [letter] = await lettersTo(root.email);
    expect(letter!.status).toBe("kept");
  });
});

describe("a password", () => {
  it("is changed by who knows the current one; this session stays, the others end", async () => {
    const { account } = await somebody();
    const [here, there] = [await login(account.email), await login(account.email)];
    const changed = await withToken(here.access_token).post("/api/auth/change-password", {
      current_password: password,
      new_password: "a-new-and-rare-one",
    });
    expect(changed.status).toBe(200);
    expect((await refresh(here.refresh_token)).status).toBe(200);
    expect((await refresh(there.refresh_token)).status).toBe(401);
    expect((await login(account.email, "a-new-and-rare-one")).status).toBe(200);
  });

  it.each([
    ["a wrong current one", { current_password: "wrong", new_password: "a-new-and-rare-one" }, 403],
    ["a short new one", { current_password: password, new_password: "short" }, 422],
    ["the same again", { current_password: password, new_password: password }, 422],
  ])("is not changed with %s", async (_what, body, status) => {
    const { account } = await somebody();
    expect((await as(account).post("/api/auth/change-password", body)).status).toBe(status);
    expect((await login(account.email)).status).toBe(200);
  });

  it("is nothing a visitor has", async () => {
    const company = await aCompany();
    const visitor = await asVisitor(company, company.property);
    const body = { current_password: password, new_password: "a-new-and-rare-one" };
    expect((await visitor.post("/api/auth/change-password", body)).status).toBe(403);
    expect((await visitor.get("/api/auth/sessions")).status).toBe(403);
  });
});

describe("one's sessions", () => {
  it("are listed with their devices, once each, however often they were renewed", async () => {
    const { account } = await somebody();
    const first = await anonymous().post(
      "/api/auth/login",
      { email: account.email, password },
      { "user-agent": "Phone/1" },
    );
    await refresh(first.body.data.refresh_token);
    const { body } = await as(account).get("/api/auth/sessions?sort=-created_at");
    expect(body.meta.pagination.total).toBe(2);
    expect(body.data.map((row: { is_current: boolean }) => row.is_current)).toEqual([false, true]);
    expect(Date.parse(body.data[0].last_used_at)).toBeGreaterThanOrEqual(Date.parse(body.data[0].created_at));
  });

  it("are ended one by one, by their owner only", async () => {
    const { account, company } = await somebody();
    const colleague = await anAccount(company, "company_admin");
    const session = await login(account.email);
    const { body } = await withToken(session.access_token).get("/api/auth/sessions");
    const id = body.data.find((row: { is_current: boolean }) => row.is_current).id;
    expect((await as(colleague).delete(`/api/auth/sessions/${id}`)).status).toBe(404);
    expect((await as(account).delete(`/api/auth/sessions/${id}`)).status).toBe(200);
    expect((await refresh(session.refresh_token)).status).toBe(401);
    expect((await as(account).delete(`/api/auth/sessions/${id}`)).status).toBe(404);
  });
});

describe("guessing", () => {
  it.each([
    ["/api/auth/login", { email: "guessed@example.test", password: "guess" }, 401],
    ["/api/auth/forgot-password", { email: "guessed@example.test" }, 200],
    ["/api/auth/reset-password", { token: "pr_guessed-guessed-guessed", password: "a-long-enough-one" }, 401],
  ])("at %s ends after five tries in a quarter of an hour", async (path, body, usual) => {
    const app = createApp();
    const address = crypto.randomUUID();
    const unscaled = { ...env, RATE_LIMIT_SCALE: "1" } as unknown as Env;
    const attempt = (from = address) =>
      app.fetch(
        new Request(`https://api.domiq.test${path}`, {
          method: "POST",
          headers: { "content-type": "application/json", "cf-connecting-ip": from },
          body: JSON.stringify(body),
        }),
        unscaled,
        createExecutionContext(),
      );
    for (let tried = 1; tried <= 5; tried += 1) expect((await attempt()).status).toBe(usual);
    const refused = await attempt();
    expect(refused.status).toBe(429);
    expect(refused.headers.get("ratelimit-policy")).toBe('"auth";q=5;w=900');
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await attempt(crypto.randomUUID())).status).toBe(usual);
  });
});
