import { and, eq } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { commit } from "../../core/outbox.ts";
import { changes } from "../../core/scope.ts";
import { seal } from "../../core/secrets.ts";
import { companies, companySecrets } from "../../db/schema/companies.ts";
import type { CompanyWithSecrets } from "./present.ts";
import { auditOf, getCompany } from "./queries.ts";
import { type IntegrationChanges, secretNames, type SecretName } from "./schemas.ts";

/** Stores vendors' settings; secrets are encrypted, null removes one. The audit row names secrets, never shows them. */
export async function updateIntegrations(
  ctx: Context,
  id: string,
  input: IntegrationChanges,
): Promise<CompanyWithSecrets> {
  const { company } = await getCompany(ctx, id);
  const named = secretNames.filter((name) => input[name] !== undefined);
  const plain = {
    calendlyOrgUri: input.calendly_org_uri,
    hubspotCompanyId: input.hubspot_company_id,
    resmanAccountId: input.resman_account_id,
  };
  await commit(ctx, [
    ctx.db
      .update(companies)
      .set({ ...changes(plain), updatedAt: ctx.now() })
      .where(eq(companies.id, id)),
    ...(await Promise.all(named.map((name) => secretWrite(ctx, id, name, input[name] ?? null)))),
    audit(ctx, { ...auditOf(company), action: "update_integrations", after: { ...changes(plain), secrets: named } }),
  ]);
  return getCompany(ctx, id);
}

async function secretWrite(ctx: Context, companyId: string, name: SecretName, secret: string | null) {
  if (secret === null)
    return ctx.db
      .delete(companySecrets)
      .where(and(eq(companySecrets.companyId, companyId), eq(companySecrets.name, name)));
  const sealed = await seal(ctx.config, `${companyId}:${name}`, secret);
  const row = { ...sealed, lastFour: secret.slice(-4), updatedAt: new Date() };
  return ctx.db
    .insert(companySecrets)
    .values({ companyId, name, ...row })
    .onConflictDoUpdate({ target: [companySecrets.companyId, companySecrets.name], set: row });
}
