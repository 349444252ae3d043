import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { describe, expect, it, vi } from "vitest";
import { configOf } from "../../src/core/config.ts";
import { unseal } from "../../src/core/secrets.ts";
import { keyIdOf } from "../../src/core/tokens.ts";
import { jobs } from "../../src/cron/index.ts";
import { resealSecrets } from "../../src/cron/reseal-secrets.ts";
import { companySecrets } from "../../src/db/schema/companies.ts";
import { statusWebhooks, webhookSecrets } from "../../src/db/schema/webhooks.ts";
import { writeNextPage } from "../../src/modules/company-export/write-export.ts";
import { anonymous, as } from "../support/api.ts";
import { aContext } from "../support/deliver.ts";
import { aCompany, db, type TestCompany } from "../support/factories.ts";
import { aReceiver, onAnInternetOfOurOwn } from "../support/receivers.ts";

onAnInternetOfOurOwn();

const marked = (what: string) => `SG.${what}-known-secret-${crypto.randomUUID()}`;

/** Everything the company can download, as it is written. */
async function exportOf(company: TestCompany): Promise<string> {
  const path = `/api/companies/${company.id}/export`;
  const { id } = (await as(company.admin).post(path)).body.data as { id: string };
  const ctx = await aContext(company.id);
  while (await writeNextPage(ctx, id));
  const download = await as(company.admin).fetch(`${path}s/${id}/download`);
  expect(download.status).toBe(200);
  return new TextDecoder().decode(await download.arrayBuffer());
}

/** A company that has told us a vendor's key and registered a receiver; the secrets it has given or got. */
async function aCompanyWithSecrets() {
  const company = await aCompany();
  const admin = as(company.admin);
  const [vendor, header] = [marked("vendor"), marked("header")];
  const path = `/api/companies/${company.id}`;
  const answers: unknown[] = [
    await admin.put(`${path}/integrations`, { sendgrid_api_key: vendor, openai_api_key: vendor }),
    await admin.get(path),
    await admin.get("/api/companies"),
    await admin.get(`${path}/integrations`),
    await admin.post(`${path}/test-integration`, { vendor: "sendgrid" }),
  ];
  const receiver = { webhook_url: aReceiver().url, headers: { "x-token": header } };
  const registered = await admin.post("/api/v1/status/webhooks", receiver);
  const wish = { name: "Reporting", permissions: ["view_leads"] };
  // The answer is kept, to be given again.
  const key = await admin.post("/api/api-keys", wish, { "idempotency-key": crypto.randomUUID() });
  const shown = { signing: registered.body.data.secret_key as string, key: key.body.data.key as string };
  answers.push(
    await admin.get("/api/v1/status/webhooks"),
    await admin.get("/api/api-keys"),
    await anonymous().get("/api/leads", { "x-api-key": shown.key }),
    await admin.get("/api/audit-log?limit=100"),
    await admin.get("/api/leads", { authorization: `Bearer ${vendor}` }),
    await exportOf(company),
  );
  return { company, answers, secrets: { vendor, header, ...shown } };
}

/** Every row of every table as text, by table. */
async function everything(): Promise<[string, string][]> {
  const { results } = await env.DB.prepare(
    "select name from sqlite_master where type = 'table' and name not like '%fts%' and name not like '\\_%' escape '\\' and name not like 'sqlite%'",
  ).all<{ name: string }>();
  return Promise.all(
    results.map(async ({ name }): Promise<[string, string]> => {
      const rows = await env.DB.prepare(`select * from "${name}"`).all();
      return [name, JSON.stringify(rows.results)];
    }),
  );
}

describe("a secret", () => {
  it("shows in no answer, no export, no audit row, no log line and no row of any table", async () => {
    const lines: unknown[] = [];
    const spies = (["log", "warn", "error", "info", "debug"] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation((...said: unknown[]) => void lines.push(said)),
    );
    const { answers, secrets } = await aCompanyWithSecrets();
    for (const spy of spies) spy.mockRestore();
    const tables = await everything();
    expect(lines.length).toBeGreaterThan(5);
    expect(tables.map(([name]) => name)).toContain("audit_log");
    for (const [name, secret] of Object.entries(secrets)) {
      expect([name, JSON.stringify(answers).includes(secret)]).toEqual([name, false]);
      expect([name, JSON.stringify(lines).includes(secret)]).toEqual([name, false]);
      const holding = tables.filter(([, text]) => text.includes(secret)).map(([table]) => table);
      expect([name, holding]).toEqual([name, []]);
    }
  });
});

describe("a change of SECRETS_KEY", () => {
  const next = "the-next-secrets-key-of-more-than-32-chars";

  function rotated(over: Record<string, string> = {}): Env {
    const { SECRETS_KEY } = configOf(env);
    return { ...env, SECRETS_KEY: next, SECRETS_KEY_PREVIOUS: SECRETS_KEY, ...over } as unknown as Env;
  }

  async function sealedOf({ id }: TestCompany) {
    const [vendor] = await db
      .select()
      .from(companySecrets)
      .where(and(eq(companySecrets.companyId, id), eq(companySecrets.name, "sendgrid_api_key")));
    const [signing] = await db.select().from(webhookSecrets).where(eq(webhookSecrets.companyId, id));
    const [webhook] = await db.select().from(statusWebhooks).where(eq(statusWebhooks.companyId, id));
    const headers = { keyId: webhook!.headersKeyId!, ciphertext: webhook!.headersCiphertext! };
    const receiver = `${id}:webhook:${webhook!.id}`;
    return [
      [`${id}:sendgrid_api_key`, vendor!],
      [`${receiver}:${signing!.id}`, signing!],
      [`${receiver}:headers`, headers],
    ] as const;
  }

  it("is followed by the hourly job: everything opens with the new key alone", async () => {
    const { company, secrets } = await aCompanyWithSecrets();
    expect(Object.keys(jobs["0 * * * *"]!)).toContain("resealSecrets");
    await resealSecrets(rotated());
    const alone = { ...configOf(rotated()), SECRETS_KEY_PREVIOUS: undefined };
    const opened = [];
    for (const [owner, sealed] of await sealedOf(company)) {
      expect(sealed.keyId).toBe(await keyIdOf(next));
      opened.push(await unseal(alone, owner, sealed));
    }
    expect(opened).toEqual([secrets.vendor, secrets.signing, JSON.stringify({ "x-token": secrets.header })]);
    // Back to the key of the other tests.
    await resealSecrets({ ...env, SECRETS_KEY_PREVIOUS: next } as unknown as Env);
  });

  it("costs nothing when all is sealed with the present key, and leaves alone what no key opens", async () => {
    const { company } = await aCompanyWithSecrets();
    const before = await sealedOf(company);
    await resealSecrets(env);
    expect(await sealedOf(company)).toEqual(before);
    await resealSecrets(rotated({ SECRETS_KEY_PREVIOUS: "a-key-that-never-sealed-anything-here" }));
    expect(await sealedOf(company)).toEqual(before);
  });
});
