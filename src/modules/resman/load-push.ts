import { and, asc, eq, getTableColumns, isNull, or, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { sha256Hex } from "../../core/tokens.ts";
import { leads } from "../../db/schema/conversations.ts";
import { properties } from "../../db/schema/properties.ts";
import { statusEntities, statusTransitions } from "../../db/schema/status.ts";
import { tours } from "../../db/schema/tours.ts";
import type { ProspectRef } from "../../integrations/pms.ts";
import { statusOf } from "../status/status-join.ts";
import { toldOf } from "./lead-for-pms.ts";
import { mapChatbotStatusToResMan } from "./map-status.ts";

export type LeadRow = typeof leads.$inferSelect;
export type TourRow = typeof tours.$inferSelect;
type PropertyRow = typeof properties.$inferSelect;

/** A lead as it is now, beside what ResMan was last told of it. */
export type Push = {
  lead: LeadRow;
  property: PropertyRow;
  status: { current: string; since: Date; reason: string | null };
  /** ResMan's ids, once known. */
  known: ProspectRef | null;
  /** Digest of what there is to tell now. */
  digest: string;
  told: Told;
  /** Tours ResMan has not heard of in their present state. */
  tours: TourRow[];
};

/** What ResMan was last told; null digest for nothing. */
export type Told = { digest: string | null; isLost: boolean };

/** Null for a lead that does not exist any more. `tourId` is the tour the push is about, if one. */
export async function loadPush(ctx: Context, leadId: string, tourId: string | null): Promise<Push | null> {
  const isTheLead = and(eq(leads.companyId, ctx.companyId), eq(leads.id, leadId), isNull(leads.deletedAt));
  // Lead and property share names of columns, which a batch cannot tell apart in one statement.
  const [[found], [property], [reason], changed] = await ctx.db.batch([
    ctx.db
      .select({
        lead: getTableColumns(leads),
        current: statusEntities.currentStatus,
        since: statusEntities.statusSince,
      })
      .from(leads)
      .leftJoin(statusEntities, statusOf("lead", leads))
      .where(isTheLead),
    ctx.db
      .select()
      .from(properties)
      .where(
        and(
          eq(properties.companyId, ctx.companyId),
          eq(properties.id, ctx.db.select({ id: leads.propertyId }).from(leads).where(isTheLead)),
        ),
      ),
    ctx.db
      .select({ reason: statusTransitions.reason })
      .from(statusTransitions)
      .where(
        and(
          eq(statusTransitions.companyId, ctx.companyId),
          eq(statusTransitions.entityType, "lead"),
          eq(statusTransitions.entityId, leadId),
        ),
      )
      .orderBy(sql`${statusTransitions.seq} desc`)
      .limit(1),
    ctx.db
      .select()
      .from(tours)
      .where(and(eq(tours.companyId, ctx.companyId), eq(tours.leadId, leadId), isUntold(tourId)))
      .orderBy(asc(tours.createdAt)),
  ]);
  if (!found || !property) return null;
  const { lead } = found;
  return {
    lead,
    property,
    status: {
      current: found.current ?? "new",
      since: found.since ?? lead.createdAt,
      reason: reason?.reason ?? null,
    },
    known:
      lead.resmanProspectId && lead.resmanPersonId
        ? { prospectId: lead.resmanProspectId, personId: lead.resmanPersonId }
        : null,
    digest: await sha256Hex(JSON.stringify(toldOf(lead))),
    told: readTold(lead.resmanFingerprint),
    tours: changed,
  };
}

/**
 * Tours ResMan never heard of, and the one the push is about. A version that only staff care about (a confirmation,
 * a note) brings no push, and so no second appointment.
 */
function isUntold(tourId: string | null) {
  const isNew = isNull(tours.resmanPushedVersion);
  const isOther = and(eq(tours.id, tourId ?? ""), sql`${tours.resmanPushedVersion} <> ${tours.version}`);
  return and(isNull(tours.deletedAt), or(isNew, isOther));
}

export function isLost({ status }: Push): boolean {
  return mapChatbotStatusToResMan(status.current).state === "lost";
}

/** Whether ResMan must hear of anything at all. */
export function hasNews(push: Push): boolean {
  const isKnown = push.known !== null && push.digest === push.told.digest;
  return !isKnown || isLost(push) !== push.told.isLost || push.tours.length > 0;
}

/** `lost:` or `open:` and the digest, as kept in `leads.resman_fingerprint`. */
export function writeTold(told: Told): string {
  return `${told.isLost ? "lost" : "open"}:${told.digest ?? ""}`;
}

export function readTold(fingerprint: string | null): Told {
  const [state, digest] = fingerprint?.split(":") ?? [];
  return { digest: digest || null, isLost: state === "lost" };
}
