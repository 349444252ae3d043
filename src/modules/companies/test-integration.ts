import { and, asc, eq, isNotNull, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { properties } from "../../db/schema/properties.ts";
import { getEmployees, getProspectSources } from "../../integrations/resman/client.ts";
import { listScopes } from "../../integrations/sendgrid/list-scopes.ts";
import { UpstreamError } from "../../integrations/vendor.ts";
import type { CompanyRow } from "./present.ts";
import { getCompany } from "./queries.ts";
import type { IntegrationTest } from "./schemas.ts";
import { findResmanAccess, findSendgridAccess } from "./vendor-access.ts";

type Verdict = { ok: boolean; message: string; latencyMs: number };
export type IntegrationReport = Verdict & { vendor: IntegrationTest["vendor"]; checkedAt: Date };

/** Asks the vendor a harmless question with the company's settings and says in plain words what came of it. */
export async function testIntegration(
  ctx: Context,
  companyId: string,
  { vendor }: IntegrationTest,
): Promise<IntegrationReport> {
  const { company } = await getCompany(ctx, companyId);
  const verdict = vendor === "resman" ? await tryResman(ctx, company) : await trySendgrid(ctx, company);
  return { vendor, ...verdict, checkedAt: new Date() };
}

async function tryResman(ctx: Context, company: CompanyRow): Promise<Verdict> {
  if (!company.resmanAccountId) return unasked("The company has no resman_account_id");
  const property = await firstResmanProperty(ctx, company.id);
  if (!property?.resmanPropertyId) return unasked("No property of the company has a resman_property_id");
  const access = await findResmanAccess(ctx, property.resmanPropertyId);
  if (!access) return unasked(sandboxOnly);
  if (!access.partnerId || !access.apiKey)
    return unasked(
      "No ResMan key: set the company's resman_api_key, and RESMAN_PARTNER_ID for the deployment",
    );
  return ask(ctx, "Check resman_account_id, the property's resman_property_id and the key", async () => {
    const [employees, sources] = await Promise.all([getEmployees(access), getProspectSources(access)]);
    const found = `${employees.length} employees and ${sources.length} prospect sources`;
    return {
      ok: true,
      message: `ResMan answers for account ${access.accountId}: ${property.name} has ${found}`,
    };
  });
}

async function trySendgrid(ctx: Context, company: CompanyRow): Promise<Verdict> {
  const access = await findSendgridAccess(ctx);
  if (!access)
    return unasked(
      company.isSandbox ? `No sendgrid_api_key, or: ${sandboxOnly}` : "The company has no sendgrid_api_key",
    );
  return ask(ctx, "Check sendgrid_api_key", async () => {
    const scopes = await listScopes(access);
    if (!scopes.includes("mail.send"))
      return {
        ok: false,
        message: "SendGrid knows the key, but it may not send: give it the scope mail.send",
      };
    return { ok: true, message: "SendGrid knows the key, and it may send mail" };
  });
}

const sandboxOnly = "This is a sandbox company, and it never meets a real vendor";

/** The oldest property that ResMan knows. */
async function firstResmanProperty(ctx: Context, companyId: string) {
  const [property] = await ctx.db
    .select({ name: properties.name, resmanPropertyId: properties.resmanPropertyId })
    .from(properties)
    .where(
      and(
        eq(properties.companyId, companyId),
        isNotNull(properties.resmanPropertyId),
        isNull(properties.deletedAt),
      ),
    )
    .orderBy(asc(properties.createdAt), asc(properties.id))
    .limit(1);
  return property;
}

function unasked(message: string): Verdict {
  return { ok: false, message: `Not asked. ${message}.`, latencyMs: 0 };
}

async function ask(
  ctx: Context,
  hint: string,
  question: () => Promise<Pick<Verdict, "ok" | "message">>,
): Promise<Verdict> {
  const startedAt = Date.now();
  const answer = await question().catch((error: unknown) => {
    if (!(error instanceof UpstreamError)) throw error;
    const { vendor, kind, status, detail } = error;
    ctx.log.warn("integration test failed", { vendor, kind, status, detail });
    return { ok: false, message: sayFailure(error, hint) };
  });
  return { ...answer, message: `${answer.message}.`, latencyMs: Date.now() - startedAt };
}

function sayFailure({ vendor, kind, status, publicMessage }: UpstreamError, hint: string): string {
  if (status === 401 || status === 403) return `${vendor} does not accept the key. ${hint}`;
  if (kind === "refused" || status === 404) return `${publicMessage}. ${hint}`;
  if (kind === "network" || kind === "timeout") return `${publicMessage}. Try again later`;
  return status === null ? publicMessage : `${publicMessage} (HTTP ${status})`;
}
