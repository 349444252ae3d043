import { and, eq, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { notFound } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import type { Work } from "../../core/outbox.ts";
import { changes, staleVersion } from "../../core/scope.ts";
import { seal, type Sealed } from "../../core/secrets.ts";
import { companies, companySecrets } from "../../db/schema/companies.ts";
import type { CompanyWithSecrets } from "./present.ts";
import { auditOf, getCompany, isVersion, mine } from "./queries.ts";
import { type IntegrationChanges, secretNames, type SecretName } from "./schemas.ts";

/** Stores vendors' settings; secrets are encrypted, null removes one. The audit row names secrets, never shows them. */
export async function updateIntegrations(
  ctx: Context,
  id: string,
  input: IntegrationChanges,
  seenVersion?: number,
): Promise<CompanyWithSecrets> {
  const { company } = await getCompany(ctx, id);
  if (seenVersion !== undefined && company.version !== seenVersion) throw staleVersion();
  const named = secretNames.filter((name) => input[name] !== undefined);
  const plain = {
    calendlyOrgUri: input.calendly_org_uri,
    hubspotCompanyId: input.hubspot_company_id,
    resmanAccountId: input.resman_account_id,
    twilioAccountSid: input.twilio_account_sid,
    twilioFrom: input.twilio_from,
  };
  // What waited for a key that was refused goes on with the new one.
  const forward: Work[] = input.amplitude_api_key
    ? [
        {
          topic: "projections",
          key: "amplitude",
          payload: { kind: "amplitude_forward" },
          dedupeKey: `amplitude:key:${ctx.newId()}`,
          companyId: id,
        },
      ]
    : [];
  const sealed = await Promise.all(named.map((name) => sealNamed(ctx, id, name, input[name] ?? null)));
  await commitChange(
    ctx,
    [
      ctx.db
        .update(companies)
        .set({ ...changes(plain), version: sql`${companies.version} + 1`, updatedAt: ctx.now() })
        .where(and(mine(ctx, id), isVersion(seenVersion))),
      ...sealed.map((secret) => secretWrite(ctx, id, secret)),
      audit(ctx, {
        ...auditOf(company),
        action: "update_integrations",
        after: { ...changes(plain), secrets: named },
      }),
    ],
    forward,
    () => (seenVersion === undefined ? notFound("Company") : staleVersion()),
  );
  return getCompany(ctx, id);
}

type NamedSecret = { name: SecretName; sealed: (Sealed & { lastFour: string }) | null };

async function sealNamed(
  ctx: Context,
  companyId: string,
  name: SecretName,
  secret: string | null,
): Promise<NamedSecret> {
  if (secret === null) return { name, sealed: null };
  return {
    name,
    sealed: { ...(await seal(ctx.config, `${companyId}:${name}`, secret)), lastFour: secret.slice(-4) },
  };
}

function secretWrite(ctx: Context, companyId: string, { name, sealed }: NamedSecret) {
  if (sealed === null)
    return ctx.db
      .delete(companySecrets)
      .where(and(eq(companySecrets.companyId, companyId), eq(companySecrets.name, name)));
  const row = { ...sealed, updatedAt: new Date() };
  return ctx.db
    .insert(companySecrets)
    .values({ companyId, name, ...row })
    .onConflictDoUpdate({ target: [companySecrets.companyId, companySecrets.name], set: row });
}
