import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { accounts } from "../../src/db/schema/companies.ts";
import { mails } from "../../src/db/schema/outgoing.ts";
import { anonymous, as } from "../support/api.ts";
import { aCompany, anAccount, aPlatformAdmin, db } from "../support/factories.ts";

const anAddress = () => `invited-${crypto.randomUUID()}@example.test`;

async function linkIn(email: string): Promise<string> {
  const [letter] = await db.select().from(mails).where(eq(mails.toAddress, email));
  return new URL(/https?:\S+/.exec(letter!.text)![0]).hash.slice(1);
}

describe("an invitation", () => {
  it("makes an account that opens with the password its owner chose by the mailed link", async () => {
    const { admin } = await aCompany();
    const email = anAddress();
    const invited = await as(admin).post("/api/accounts", { email, name: "Noa", role: "agent" });
    expect(invited.status).toBe(201);
    expect(invited.body.data).toMatchObject({ email, role: "agent", disabled: false, last_login_at: null });
    const password = "chosen-by-noa-herself";
    await anonymous().post("/api/auth/reset-password", { token: await linkIn(email), password });
    const { body } = await anonymous().post("/api/auth/login", { email, password });
    expect(body.data.account).toMatchObject({ role: "agent", company_id: admin.companyId });
  });

  it("goes to an address that has no account, in any company", async () => {
    const [mine, theirs] = [await aCompany(), await aCompany()];
    const again = { email: theirs.agent.email.toUpperCase(), name: "Noa", role: "agent" };
    const { status, body } = await as(mine.admin).post("/api/accounts", again);
    expect([status, body.error.code]).toEqual([409, "DUPLICATE_RECORD"]);
    expect(await db.select().from(mails).where(eq(mails.toAddress, theirs.agent.email))).toEqual([]);
  });

  it("makes nobody a platform admin, and ties nobody to another company's person", async () => {
    const [mine, theirs] = [await aCompany(), await aCompany()];
    const draft = { email: anAddress(), name: "Noa", role: "agent" };
    const risen = await as(mine.admin).post("/api/accounts", { ...draft, role: "platform_admin" });
    expect(risen.status).toBe(422);
    const tied = await as(mine.admin).post("/api/accounts", { ...draft, manager_id: theirs.agent.managerId });
    expect(tied.status).toBe(404);
  });

  it("is in nobody's hands but an administrator's", async () => {
    const { manager } = await aCompany();
    const draft = { email: anAddress(), name: "Noa", role: "viewer" };
    expect((await as(manager).post("/api/accounts", draft)).status).toBe(403);
  });
});

describe("accounts", () => {
  it("are listed without a trace of their passwords", async () => {
    const { admin } = await aCompany();
    const { body } = await as(admin).get("/api/accounts?sort=email&role=agent");
    expect(body.meta.pagination.total).toBe(1);
    expect(JSON.stringify(body)).not.toMatch(/password|hash/i);
  });

  it("change role at once, and with If-Match only as they were read", async () => {
    const { admin, agent } = await aCompany();
    const path = `/api/accounts/${agent.id}`;
    const { headers } = await as(admin).get(path);
    const etag = { "if-match": headers.get("etag")! };
    expect((await as(admin).put(path, { role: "viewer" }, etag)).body.data.role).toBe("viewer");
    expect((await as(admin).put(path, { role: "manager" }, etag)).status).toBe(412);
    const { body } = await as(agent).get("/api/auth/verify");
    expect(body.data.role).toBe("viewer");
  });

  it("are shut out everywhere while they are disabled", async () => {
    const { admin, agent } = await aCompany();
    const path = `/api/accounts/${agent.id}`;
    expect((await as(admin).put(path, { disabled: true })).body.data.disabled).toBe(true);
    expect((await as(agent).get("/api/auth/verify")).status).toBe(401);
    expect((await as(admin).put(path, { disabled: false })).body.data.disabled).toBe(false);
    expect((await as(agent).get("/api/auth/verify")).status).toBe(401);
  });

  it("that were taken away give their address free", async () => {
    const { admin, agent } = await aCompany();
    expect((await as(admin).delete(`/api/accounts/${agent.id}`)).status).toBe(200);
    expect((await as(agent).get("/api/auth/verify")).status).toBe(401);
    expect((await as(admin).get(`/api/accounts/${agent.id}`)).status).toBe(404);
    const again = { email: agent.email, name: "Noa", role: "agent" };
    expect((await as(admin).post("/api/accounts", again)).status).toBe(201);
  });
});

describe("a company's last administrator", () => {
  it.each([
    ["given a lower role", { role: "manager" }],
    ["disabled", { disabled: true }],
  ])("cannot be %s, even by the platform", async (_what, change) => {
    const { id, admin } = await aCompany();
    const root = as(await aPlatformAdmin());
    const path = `/api/accounts/${admin.id}`;
    const own = await as(admin).put(path, change);
    const byRoot = await root.put(path, change, { "x-company-id": id });
    expect([own.status, byRoot.status]).toEqual([409, 409]);
    expect((await as(admin).delete(path)).status).toBe(409);
    expect((await as(admin).get("/api/auth/verify")).body.data.role).toBe("company_admin");
  });

  it("stays when two remove each other at the same time", async () => {
    const { company, admin } = await aCompany();
    const other = await anAccount(company, "company_admin");
    await Promise.all([
      as(admin).put(`/api/accounts/${other.id}`, { role: "viewer" }),
      as(other).put(`/api/accounts/${admin.id}`, { role: "viewer" }),
    ]);
    const rows = await db.select().from(accounts).where(eq(accounts.companyId, company.id));
    expect(rows.filter(({ role }) => role === "company_admin")).toHaveLength(1);
  });
});
