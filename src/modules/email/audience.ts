import { and, asc, eq, gt, gte, inArray, isNotNull, isNull, lt, lte, or, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { contactKeys } from "../../db/schema/contacts.ts";
import { leads } from "../../db/schema/conversations.ts";
import { emailSuppressions } from "../../db/schema/email.ts";
import { statusEntities } from "../../db/schema/status.ts";
import { keysOf } from "../contacts/contact-keys.ts";
import { statusOf } from "../status/status-join.ts";
import type { Audience } from "./audience.schemas.ts";

type Whose = { companyId: string; propertyId: string; audience: Audience };

/** Leads of the audience with an address, in the order of their ids, from behind `after`. */
export function audiencePage(
  ctx: Context,
  whose: Whose,
  after: string,
  limit: number,
): Promise<{ id: string; email: string | null }[]> {
  return ctx.db
    .select({ id: leads.id, email: leads.email })
    .from(leads)
    .leftJoin(statusEntities, itsStatus)
    .where(and(matches(whose), gt(leads.id, after)))
    .orderBy(asc(leads.id))
    .limit(limit);
}

export type AudienceSize = { matching: number; addresses: number; suppressed: number };

export async function measureAudience(ctx: Context, whose: Whose): Promise<AudienceSize> {
  const address = sql`lower(${leads.email})`;
  const isSuppressed = sql`exists (select 1 from ${emailSuppressions} s where s.company_id = ${leads.companyId}
    and s.address = lower(${leads.email}) and s.deleted_at is null)`;
  const [size] = await ctx.db
    .select({
      matching: sql<number>`count(*)`,
      addresses: sql<number>`count(distinct ${address})`,
      suppressed: sql<number>`count(distinct case when ${isSuppressed} then ${address} end)`,
    })
    .from(leads)
    .leftJoin(statusEntities, itsStatus)
    .where(matches(whose));
  return size ?? { matching: 0, addresses: 0, suppressed: 0 };
}

const itsStatus = statusOf("lead", leads);

function matches({ companyId, propertyId, audience: a }: Whose): SQL | undefined {
  return and(
    eq(leads.companyId, companyId),
    eq(leads.propertyId, propertyId),
    isNull(leads.deletedAt),
    isNotNull(leads.email),
    a.lead_status ? standsAt(a.lead_status) : undefined,
    a.source ? inArray(sql`lower(${leads.source})`, lower(a.source)) : undefined,
    a.tags ? carries(a.tags) : undefined,
    a.move_in_from ? gte(leads.moveInDate, a.move_in_from) : undefined,
    a.move_in_to ? lte(leads.moveInDate, a.move_in_to) : undefined,
    a.bedrooms ? inArray(leads.bedrooms, a.bedrooms) : undefined,
    a.min_score === undefined ? undefined : gte(leads.leadScore, a.min_score),
    a.created_from ? gte(leads.createdAt, new Date(a.created_from)) : undefined,
    a.created_to ? lt(leads.createdAt, new Date(a.created_to)) : undefined,
    a.active_since ? gte(leads.lastActivityAt, new Date(a.active_since)) : undefined,
  );
}

/** A lead younger than its projection is new. */
function standsAt(statuses: string[]): SQL | undefined {
  const projected = inArray(statusEntities.currentStatus, statuses);
  return statuses.includes("new") ? or(projected, isNull(statusEntities.currentStatus)) : projected;
}

function carries(tags: string[]): SQL {
  const nobody = { firstName: null, lastName: null, companyName: null, emails: [], phones: [] };
  const keys = keysOf({ ...nobody, tags }).map(({ key }) => key);
  return sql`exists (select 1 from ${contactKeys} k where k.company_id = ${leads.companyId} and k.kind = 'tag'
    and k.contact_id = ${leads.contactId} and k.key in (select value from json_each(${JSON.stringify(keys)})))`;
}

function lower(words: string[]): string[] {
  return words.map((word) => word.toLowerCase());
}
