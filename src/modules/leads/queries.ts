import { and, count, eq, getTableColumns, gte, isNull, lt, or, type SQL } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../core/page.ts";
import { inCompany, inProperties, only } from "../../core/scope.ts";
import { contains } from "../../db/contains.ts";
import { leads } from "../../db/schema/conversations.ts";
import { statusEntities } from "../../db/schema/status.ts";
import { byDeadline, overdueIs, statusOf } from "../status/status-join.ts";
import type { LeadWithStatus } from "./present.ts";
import type { LeadQuery } from "./schemas.ts";

/** The leads the caller may see. */
export function visible(ctx: Context): SQL | undefined {
  return and(inCompany(ctx, leads.companyId), inProperties(ctx, leads.propertyId), isNull(leads.deletedAt));
}

const withStatus = {
  lead: getTableColumns(leads),
  status: {
    currentStatus: statusEntities.currentStatus,
    statusLabel: statusEntities.statusLabel,
    statusSince: statusEntities.statusSince,
    slaDeadline: statusEntities.slaDeadline,
  },
};

const itsStatus = statusOf("lead", leads);

export async function getLead(ctx: Context, id: string): Promise<LeadWithStatus> {
  const rows = await ctx.db
    .select(withStatus)
    .from(leads)
    .leftJoin(statusEntities, itsStatus)
    .where(and(visible(ctx), eq(leads.id, id)));
  return { ...only(rows, "Lead"), now: ctx.now() };
}

export async function listLeads(ctx: Context, query: LeadQuery): Promise<Paged<LeadWithStatus>> {
  const [rows, counted] = await ctx.db.batch(leadPage(ctx, query));
  const now = ctx.now();
  const found = rows.map((row) => ({ ...row, now }));
  return pageOf(query, [found, counted]);
}

/** A page of the list, and how many rows there are. */
export function leadPage(ctx: Context, query: LeadQuery) {
  const where = and(
    visible(ctx),
    query.property_id ? eq(leads.propertyId, query.property_id) : undefined,
    query.assigned_to ? eq(leads.assignedTo, query.assigned_to) : undefined,
    query.sync_status ? eq(leads.resmanSyncStatus, query.sync_status) : undefined,
    query.from ? gte(leads.createdAt, query.from) : undefined,
    query.to ? lt(leads.createdAt, query.to) : undefined,
    query.q ? mentions(query.q) : undefined,
    statusIs(query.status),
    overdueIs(ctx, query.overdue),
  );
  const sorts = {
    last_activity_at: leads.lastActivityAt,
    created_at: leads.createdAt,
    lead_score: leads.leadScore,
    sla_deadline: byDeadline,
  };
  const counted = ctx.db.select({ total: count() }).from(leads);
  return [
    ctx.db
      .select(withStatus)
      .from(leads)
      .leftJoin(statusEntities, itsStatus)
      .where(where)
      .orderBy(...orderBy(query.sort, "-last_activity_at", sorts, leads.id))
      .limit(query.limit)
      .offset(offsetOf(query)),
    query.status === undefined && query.overdue === undefined
      ? counted.where(where)
      : counted.leftJoin(statusEntities, itsStatus).where(where),
  ] as const;
}

/** Digits are looked for in the phone number however they were written, everything else in name and address. */
function mentions(q: string): SQL | undefined {
  const digits = q.replaceAll(/\D/g, "");
  const isNumber = digits.length >= 3 && /^[\d\s().+-]+$/.test(q);
  return or(
    contains(q, leads.firstName, leads.lastName),
    contains(q, leads.email),
    isNumber ? contains(digits, leads.phone) : undefined,
  );
}

function statusIs(status: LeadQuery["status"]): SQL | undefined {
  if (status === undefined) return undefined;
  const projected = eq(statusEntities.currentStatus, status);
  return status === "new" ? or(projected, isNull(statusEntities.currentStatus)) : projected;
}
