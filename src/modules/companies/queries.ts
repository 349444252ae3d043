import { and, count, eq, inArray, isNull, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { notFound } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { commit } from "../../core/outbox.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../core/page.ts";
import { changes, inCompany, only, staleVersion } from "../../core/scope.ts";
import { contains } from "../../db/contains.ts";
import { companies, companySecrets } from "../../db/schema/companies.ts";
import type { CompanyRow, CompanyWithSecrets } from "./present.ts";
import type { CompanyChanges, CompanyDraft, CompanyQuery } from "./schemas.ts";

export function mine(ctx: Context, id: string) {
  return and(inCompany(ctx, companies.id), eq(companies.id, id), isNull(companies.deletedAt));
}

/** The version a caller has seen; any, for one who does not mind. */
export function isVersion(seenVersion: number | undefined) {
  return seenVersion === undefined ? undefined : eq(companies.version, seenVersion);
}

export async function getCompany(ctx: Context, id: string): Promise<CompanyWithSecrets> {
  const [found, secrets] = await ctx.db.batch([
    ctx.db.select().from(companies).where(mine(ctx, id)),
    ctx.db.select(secretColumns).from(companySecrets).where(eq(companySecrets.companyId, id)),
  ]);
  return { company: only(found, "Company"), secrets };
}

const secretColumns = {
  companyId: companySecrets.companyId,
  name: companySecrets.name,
  lastFour: companySecrets.lastFour,
  updatedAt: companySecrets.updatedAt,
};

export async function listCompanies(ctx: Context, query: CompanyQuery): Promise<Paged<CompanyWithSecrets>> {
  const where = and(
    inCompany(ctx, companies.id),
    isNull(companies.deletedAt),
    query.q ? contains(query.q, companies.name) : undefined,
  );
  const sorts = { name: companies.name, created_at: companies.createdAt };
  const page = ctx.db
    .select()
    .from(companies)
    .where(where)
    .orderBy(...orderBy(query.sort, "name", sorts, companies.id))
    .limit(query.limit)
    .offset(offsetOf(query));
  const [rows, counted] = await ctx.db.batch([
    page,
    ctx.db.select({ total: count() }).from(companies).where(where),
  ]);
  const ids = rows.map((row) => row.id);
  const secrets = await ctx.db
    .select(secretColumns)
    .from(companySecrets)
    .where(inArray(companySecrets.companyId, ids));
  return pageOf(query, [
    rows.map((company) => ({
      company,
      secrets: secrets.filter((row) => row.companyId === company.id),
    })),
    counted,
  ]);
}

export async function createCompany(ctx: Context, draft: CompanyDraft): Promise<CompanyWithSecrets> {
  const now = ctx.now();
  const id = ctx.newId();
  const row = {
    id,
    ...columnsOf(draft),
    name: draft.name,
    isSandbox: draft.is_sandbox,
    createdAt: now,
    updatedAt: now,
  };
  const [created] = await commit(ctx, [
    ctx.db.insert(companies).values(row).returning(),
    audit(ctx, { action: "create", recordType: "company", recordId: id, after: draft, companyId: id }),
  ]);
  return { company: only(created, "Company"), secrets: [] };
}

export async function updateCompany(
  ctx: Context,
  id: string,
  draft: CompanyChanges,
  seenVersion?: number,
): Promise<CompanyWithSecrets> {
  const before = await getCompany(ctx, id);
  if (seenVersion !== undefined && before.company.version !== seenVersion) throw staleVersion();
  const [rows] = await commitChange(
    ctx,
    [
      ctx.db
        .update(companies)
        .set({ ...changes(columnsOf(draft)), version: sql`${companies.version} + 1`, updatedAt: ctx.now() })
        .where(and(mine(ctx, id), isVersion(seenVersion)))
        .returning(),
      audit(ctx, { ...auditOf(before.company), action: "update", after: draft }),
    ],
    [],
    () => (seenVersion === undefined ? notFound("Company") : staleVersion()),
  );
  return { company: only(rows as CompanyRow[], "Company"), secrets: before.secrets };
}

/** The columns a draft or a change names; absent fields stay undefined. */
function columnsOf(draft: CompanyChanges) {
  return {
    ...(draft.name === undefined ? {} : { name: draft.name }),
    logoUrl: draft.logo_url,
    contactEmail: draft.contact_email,
    contactPhone: draft.contact_phone,
    hubspotCompanyId: draft.hubspot_company_id,
    calendlyOrgUri: draft.calendly_org_uri,
    resmanAccountId: draft.resman_account_id,
  };
}

export function auditOf(company: CompanyRow) {
  return { recordType: "company", recordId: company.id, before: company, companyId: company.id };
}
