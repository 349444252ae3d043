import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { sweepExports } from "../../src/cron/sweep-exports.ts";
import { companyExportChunks, companyExports } from "../../src/db/schema/access.ts";
import { accounts } from "../../src/db/schema/companies.ts";
import { auditLog } from "../../src/db/schema/ledger.ts";
import { type ExportedTable, exportedTables } from "../../src/modules/company-export/exported-tables.ts";
import { writeNextPage } from "../../src/modules/company-export/write-export.ts";
import { as } from "../support/api.ts";
import { aContext, deliver } from "../support/deliver.ts";
import { aCompany, aConversation, aLead, aMessage, db, type TestCompany } from "../support/factories.ts";

async function begin(company: TestCompany): Promise<string> {
  const { status, body } = await as(company.admin).post(`/api/companies/${company.id}/export`);
  expect([status, body.data.status]).toEqual([202, "pending"]);
  return body.data.id;
}

/** The queue comes back as long as there is work. */
async function finish(company: TestCompany, id: string): Promise<void> {
  for (let round = 0; round < 20; round += 1)
    if ((await deliver(company.id, { topic: "projections", key: `export:${id}` })) === "acked") return;
}

type Line = { table: string; record: Record<string, unknown> };

async function download(company: TestCompany, id: string): Promise<Line[]> {
  const answer = await as(company.admin).fetch(`/api/companies/${company.id}/exports/${id}/download`);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/x-ndjson"]);
  const lines = new TextDecoder()
    .decode(await answer.arrayBuffer())
    .trimEnd()
    .split("\n");
  return lines.map((line) => JSON.parse(line) as Line);
}

/** Tables that no export holds, and why. */
const leftOut: Record<string, string> = {
  company_secrets: "opens vendors' doors",
  webhook_secrets: "signs what we send",
  password_resets: "opens accounts",
  refresh_tokens: "opens accounts",
  company_exports: "the export itself",
  company_export_chunks: "the export itself",
  outbox: "work on its way, drawn from records that are exported",
  idempotency_keys: "answers kept for a day, drawn from records that are exported",
};

async function namesOfTables(): Promise<string[]> {
  const { results } = await env.DB.prepare(
    "select name from sqlite_master where type = 'table' order by name",
  ).all<{ name: string }>();
  // The database's own, and those of the full-text index over FAQs.
  return results.map(({ name }) => name).filter((name) => !/^(?:sqlite|d1|_|faqs_fts)/.test(name));
}

type Column = { name: string; type: string; notnull: number; dflt_value: unknown; pk: number };

/** A row with something in every column that must have something. */
async function aRowOf(table: ExportedTable, companyId: string): Promise<void> {
  const { results } = await env.DB.prepare(`pragma table_info("${table.name}")`).all<Column>();
  const needed = results.filter(({ notnull, dflt_value, pk }) => pk > 0 || (notnull && dflt_value === null));
  const values = needed.map(({ name, type }) => {
    if (name === table.owner) return companyId;
    if (table.jsonColumns.has(name)) return "[]";
    return /int/i.test(type) ? 1 : `${companyId} ${name}`;
  });
  await env.DB.prepare(
    `insert into "${table.name}" (${needed.map(({ name }) => `"${name}"`).join(", ")})
     values (${needed.map(() => "?").join(", ")})`,
  )
    .bind(...values)
    .run();
}

describe("a company's export", () => {
  it("leaves out no table of the database but those that are no company's record", async () => {
    const exported = exportedTables.map(({ name }) => name);
    expect([...exported, ...Object.keys(leftOut)].toSorted()).toEqual(await namesOfTables());
    const hidden = await Promise.all(
      exportedTables.map(async ({ name, columns }) => {
        const { results } = await env.DB.prepare(`pragma table_info("${name}")`).all<Column>();
        return results
          .filter((column) => !columns.includes(column.name))
          .map((column) => `${name}.${column.name}`);
      }),
    );
    expect(hidden.flat()).toEqual([
      "accounts.password_hash",
      "api_keys.hash",
      "status_webhooks.headers_key_id",
      "status_webhooks.headers_ciphertext",
    ]);
  });

  it("writes the rows of every one of those tables", async () => {
    const company = await aCompany();
    for (const table of exportedTables) {
      const own = await env.DB.prepare(`select 1 from "${table.name}" where "${table.owner}" = ? limit 1`)
        .bind(company.id)
        .first();
      if (!own) await aRowOf(table, company.id);
    }
    const id = await begin(company);
    await finish(company, id);
    const lines = await download(company, id);
    for (const { name, owner } of exportedTables)
      if (name !== "companies")
        await env.DB.prepare(`delete from "${name}" where "${owner}" = ?`).bind(company.id).run();
    expect(new Set(lines.map(({ table }) => table))).toEqual(new Set(exportedTables.map(({ name }) => name)));
  });

  it("holds everything the company owns, once, and nothing of another", async () => {
    const [company, other] = [await aCompany(), await aCompany()];
    const lead = await aLead(company.property, {
      scoreExplanation: [{ reason: "named a date", points: 10 }],
    });
    const foreign = await aLead(other.property);
    const conversation = await aConversation(company.property);
    // More than one page.
    for (let seq = 1; seq <= 230; seq += 1) await aMessage(conversation, { seq, text: `message ${seq}` });
    const id = await begin(company);
    await finish(company, id);
    const lines = await download(company, id);
    expect(lines[0]).toMatchObject({ table: "companies", record: { id: company.id } });
    const of = (table: string) => lines.filter((line) => line.table === table).map(({ record }) => record);
    expect(of("messages").map(({ text }) => text)).toEqual(
      Array.from({ length: 230 }, (_, n) => `message ${n + 1}`),
    );
    expect(of("leads")).toMatchObject([
      { id: lead.id, score_explanation: [{ reason: "named a date", points: 10 }] },
    ]);
    expect(of("accounts")).toHaveLength(4);
    expect(JSON.stringify(lines)).not.toContain(foreign.id);
    const { body } = await as(company.admin).get(`/api/companies/${company.id}/exports/${id}`);
    expect(body.data).toMatchObject({ status: "ready", counts: { messages: 230, leads: 1, accounts: 4 } });
  });

  it("shows no secret", async () => {
    const company = await aCompany();
    const admin = as(company.admin);
    const secret = `SG.known-${crypto.randomUUID()}`;
    await admin.put(`/api/companies/${company.id}/integrations`, { sendgrid_api_key: secret });
    const key = (await admin.post("/api/api-keys", { name: "K", permissions: ["view_leads"] })).body.data.key;
    const marked = `hash-${crypto.randomUUID()}`;
    await db.update(accounts).set({ passwordHash: marked }).where(eq(accounts.id, company.agent.id));
    await admin.post("/api/accounts", {
      email: `${crypto.randomUUID()}@example.test`,
      name: "Noa",
      role: "agent",
    });
    const id = await begin(company);
    await finish(company, id);
    const text = JSON.stringify(await download(company, id));
    for (const hidden of [
      secret,
      key,
      marked,
      "reset-password?token",
      "ciphertext",
      "password_hash",
      '"hash"',
    ])
      expect([hidden, text.includes(hidden)]).toEqual([hidden, false]);
  });

  it("is the same when a page is written by two at once, or again", async () => {
    const company = await aCompany();
    await aLead(company.property);
    const id = await begin(company);
    const ctx = await aContext(company.id);
    for (let more = true; more;) {
      const both = await Promise.allSettled([writeNextPage(ctx, id), writeNextPage(ctx, id)]);
      more = both.some((one) => one.status === "rejected" || one.value);
    }
    const lines = await download(company, id);
    const ids = lines.map(({ table, record }) => `${table} ${JSON.stringify(record)}`);
    expect(new Set(ids).size).toBe(ids.length);
    expect(lines.filter(({ table }) => table === "leads")).toHaveLength(1);
  });

  it("is one at a time, an administrator's, and written down", async () => {
    const [company, other] = [await aCompany(), await aCompany()];
    const id = await begin(company);
    const path = `/api/companies/${company.id}`;
    const second = await as(company.admin).post(`${path}/export`);
    expect([second.status, second.body.error.details]).toEqual([409, { export_id: id }]);
    expect((await as(company.manager).post(`${path}/export`)).status).toBe(403);
    expect((await as(other.admin).post(`${path}/export`)).status).toBe(404);
    expect((await as(other.admin).get(`${path}/exports/${id}/download`)).status).toBe(404);
    expect((await as(company.admin).get(`${path}/exports/${id}/download`)).status).toBe(404);
    const rows = await db.select().from(auditLog).where(eq(auditLog.companyId, company.id));
    expect(rows.map(({ action }) => action)).toContain("export");
    expect((await as(company.admin).get(`${path}/exports`)).body.meta.pagination.total).toBe(1);
  });

  it("is gone after a week, and one that never ends makes room for another", async () => {
    const company = await aCompany();
    const stuck = await begin(company);
    await sweepExports(env, Date.now() + 25 * 3_600_000);
    const id = await begin(company);
    await finish(company, id);
    await sweepExports(env, Date.now() + 8 * 24 * 3_600_000);
    expect(await db.select().from(companyExportChunks).where(eq(companyExportChunks.exportId, id))).toEqual(
      [],
    );
    const rows = await db.select().from(companyExports).where(eq(companyExports.companyId, company.id));
    expect(new Map(rows.map((row) => [row.id, row.status]))).toEqual(
      new Map([
        [stuck, "failed"],
        [id, "expired"],
      ]),
    );
    const late = await as(company.admin).get(`/api/companies/${company.id}/exports/${id}/download`);
    expect(late.status).toBe(404);
  });
});
