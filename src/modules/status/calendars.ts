import { and, asc, count, desc, eq, isNull, lt, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError, invalidFields, notFound } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { commit, type Work } from "../../core/outbox.ts";
import { only, staleVersion } from "../../core/scope.ts";
import { isDuplicate } from "../../db/is-duplicate.ts";
import { properties } from "../../db/schema/properties.ts";
import { businessCalendars, businessCalendarVersions } from "../../db/schema/status.ts";
import { validateCalendar } from "./business-time.ts";
import type { CalendarChanges, CalendarDraft, CalendarQuery } from "./calendars.schemas.ts";
import { companyOf, sumsWithinReach } from "./reach.ts";

export type CalendarRow = typeof businessCalendars.$inferSelect;

const k = businessCalendars;
const v = businessCalendarVersions;

/** The calendars of the company and of the properties the caller sees, the company's first. */
export async function listCalendars(ctx: Context, { limit, offset }: CalendarQuery) {
  const where = and(eq(k.companyId, companyOf(ctx)), isNull(k.deletedAt), sumsWithinReach(ctx, k.propertyId));
  const [rows, [counted]] = await ctx.db.batch([
    ctx.db.select().from(k).where(where).orderBy(asc(k.propertyId)).limit(limit).offset(offset),
    ctx.db.select({ total: count() }).from(k).where(where),
  ]);
  return { rows, total: counted?.total ?? 0 };
}

export async function getCalendar(ctx: Context, id: string): Promise<CalendarRow> {
  const rows = await ctx.db
    .select()
    .from(k)
    .where(and(placed(ctx, id), isNull(k.deletedAt), sumsWithinReach(ctx, k.propertyId)));
  return only(rows, "Calendar");
}

/** What a calendar has said so far, newest first. */
export async function listCalendarVersions(ctx: Context, id: string) {
  const { propertyId } = await getCalendar(ctx, id);
  return ctx.db
    .select()
    .from(v)
    .where(and(eq(v.companyId, ctx.companyId), eq(v.propertyId, propertyId)))
    .orderBy(desc(v.version))
    .limit(500);
}

/** Gives the company or a property its hours. Running clocks follow by the queue. */
export async function createCalendar(ctx: Context, draft: CalendarDraft): Promise<CalendarRow> {
  const propertyId = draft.property_id ?? "";
  if (propertyId !== "") await requireProperty(ctx, propertyId);
  const [former] = await ctx.db
    .select()
    .from(k)
    .where(placed(ctx, propertyId || ctx.companyId));
  if (former && former.deletedAt === null) throw alreadyThere();
  return write(ctx, "create", former, { propertyId, timeZone: draft.time_zone, hours: draft.hours });
}

export async function updateCalendar(
  ctx: Context,
  id: string,
  draft: CalendarChanges,
  seenVersion?: number,
): Promise<CalendarRow> {
  const before = await getCalendar(ctx, id);
  if (seenVersion !== undefined && before.version !== seenVersion) throw staleVersion();
  const { propertyId, timeZone, hours } = before;
  const next = { propertyId, timeZone: draft.time_zone ?? timeZone, hours: draft.hours ?? hours };
  return write(ctx, "update", before, next);
}

/** Takes the hours away; clocks run by what is left: office hours, the company's calendar, or around the clock. */
export async function archiveCalendar(ctx: Context, id: string): Promise<{ id: string; deletedAt: Date }> {
  const before = await getCalendar(ctx, id);
  const deletedAt = ctx.now();
  const version = before.version + 1;
  await commitChange(
    ctx,
    [
      ctx.db
        .update(k)
        .set({ deletedAt, version, updatedAt: deletedAt })
        .where(and(placed(ctx, id), lt(k.version, version))),
      audit(ctx, { action: "delete", recordType: "business_calendar", recordId: id, before }),
    ],
    [calendarWork(before.propertyId, `v${version}`)],
    () => notFound("Calendar"),
  );
  return { id, deletedAt };
}

/** Has running clocks counted by the calendar that holds from now on. `because` names the change. */
export function calendarWork(propertyId: string, because: string): Work {
  return {
    topic: "projections",
    key: `calendar:${propertyId}`,
    payload: { kind: "status_calendar", property_id: propertyId },
    dedupeKey: `calendar:${propertyId}:${because}`,
  };
}

type Said = Pick<CalendarRow, "propertyId" | "timeZone" | "hours">;

async function write(
  ctx: Context,
  action: "create" | "update",
  before: CalendarRow | undefined,
  said: Said,
): Promise<CalendarRow> {
  const now = ctx.now();
  const version = (before?.version ?? 0) + 1;
  const row = { companyId: ctx.companyId, ...said, version, updatedAt: now, deletedAt: null };
  refuseBad(row);
  const { companyId, propertyId, timeZone, hours } = row;
  const by = { createdAt: now, createdBy: ctx.actor.id, createdByName: ctx.actor.name };
  try {
    await commit(
      ctx,
      [
        // The version's key is what two who write at once collide on.
        ctx.db.insert(v).values({ companyId, propertyId, version, timeZone, hours, ...by }),
        ctx.db
          .insert(k)
          .values(row)
          .onConflictDoUpdate({
            target: [k.companyId, k.propertyId],
            set: row,
            setWhere: lt(k.version, version),
          }),
        audit(ctx, {
          action,
          recordType: "business_calendar",
          recordId: propertyId || companyId,
          before,
          after: row,
        }),
      ],
      [calendarWork(propertyId, `v${version}`)],
    );
  } catch (error) {
    if (!isDuplicate(error, "business_calendar_versions.version")) throw error;
    throw action === "create" ? alreadyThere() : staleVersion();
  }
  return row;
}

function refuseBad({ version, timeZone, hours }: CalendarRow): void {
  const problems = validateCalendar({ version: String(version), time_zone: timeZone, hours });
  if (problems.length > 0) throw invalidFields(problems);
}

/** A calendar goes by the id of what keeps it: a property's, or the company's. */
function placed(ctx: Context, id: string) {
  return and(eq(k.companyId, companyOf(ctx)), eq(k.propertyId, id === ctx.companyId ? "" : id));
}

async function requireProperty(ctx: Context, id: string): Promise<void> {
  const [known] = await ctx.db
    .select({ one: sql`1` })
    .from(properties)
    .where(and(eq(properties.companyId, ctx.companyId), eq(properties.id, id), isNull(properties.deletedAt)));
  if (!known) throw notFound("Property");
}

function alreadyThere(): AppError {
  return new AppError("DUPLICATE_RECORD", "There is a calendar already; change it");
}
