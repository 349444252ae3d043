import { and, asc, count, eq, inArray, isNull, sql } from "drizzle-orm";
import { Temporal } from "temporal-polyfill";
import type { Context } from "../../core/context.ts";
import { leadScoreAdjustments } from "../../db/schema/automation.ts";
import { leads, messages, type ScoreReason } from "../../db/schema/conversations.ts";
import { properties } from "../../db/schema/properties.ts";
import { statusEntities } from "../../db/schema/status.ts";
import { tours } from "../../db/schema/tours.ts";
import { liveStatuses } from "../tours/tour-places.ts";
import { statusOf } from "../status/status-join.ts";
import type { LeadRow } from "./present.ts";

/** What the steps of the lead workflow ask for. */
export type LeadFacts = {
  has_name: boolean;
  has_contact: boolean;
  has_live_tour: boolean;
  has_application: boolean;
};

/** Everything status and score are drawn from. */
export type LeadSituation = {
  lead: LeadRow;
  facts: LeadFacts;
  /** Somebody, or the bot, has answered; calling a person is no answer. */
  isAnswered: boolean;
  /** Points given or taken besides those the facts are worth, oldest first. */
  adjustments: ScoreReason[];
  /** Local date at the property, YYYY-MM-DD. */
  today: string;
};

/** Null when there is no such lead any more. */
export async function findSituation(ctx: Context, leadId: string): Promise<LeadSituation | null> {
  const [[found], [toured], [answered], adjustments] = await ctx.db.batch([
    ctx.db
      .select({
        lead: leads,
        timeZone: properties.timeZone,
        status: statusEntities.currentStatus,
      })
      .from(leads)
      .innerJoin(
        properties,
        and(eq(properties.companyId, leads.companyId), eq(properties.id, leads.propertyId)),
      )
      .leftJoin(statusEntities, statusOf("lead", leads))
      .where(and(isTheLead(ctx, leadId), isNull(leads.deletedAt))),
    ctx.db
      .select({ live: count() })
      .from(tours)
      .where(
        and(
          eq(tours.companyId, ctx.companyId),
          eq(tours.leadId, leadId),
          inArray(tours.status, [...liveStatuses]),
          isNull(tours.deletedAt),
        ),
      ),
    ctx.db
      .select({ replies: count() })
      .from(messages)
      .innerJoin(
        leads,
        and(eq(leads.companyId, messages.companyId), eq(leads.conversationId, messages.conversationId)),
      )
      .where(and(isTheLead(ctx, leadId), isReply())),
    ctx.db
      .select({ reason: leadScoreAdjustments.reason, points: leadScoreAdjustments.points })
      .from(leadScoreAdjustments)
      .where(and(eq(leadScoreAdjustments.companyId, ctx.companyId), eq(leadScoreAdjustments.leadId, leadId)))
      .orderBy(asc(leadScoreAdjustments.id)),
  ]);
  if (!found) return null;
  const { lead, timeZone, status } = found;
  return {
    lead,
    facts: {
      has_name: Boolean(lead.firstName),
      has_contact: Boolean(lead.email || lead.phone),
      has_live_tour: (toured?.live ?? 0) > 0,
      // Who stands at that step has applied, whoever says so: a person here, or ResMan.
      has_application: lead.hasApplication || status === "application",
    },
    isAnswered: (answered?.replies ?? 0) > 0,
    adjustments,
    today: Temporal.Instant.fromEpochMilliseconds(ctx.now().getTime())
      .toZonedDateTimeISO(timeZone)
      .toPlainDate()
      .toString(),
  };
}

/** The facts alone, for whoever moves a lead's status. */
export async function leadFacts(ctx: Context, leadId: string): Promise<LeadFacts | null> {
  return (await findSituation(ctx, leadId))?.facts ?? null;
}

function isTheLead(ctx: Context, leadId: string) {
  return and(eq(leads.companyId, ctx.companyId), eq(leads.id, leadId));
}

function isReply() {
  const firstQuestion = sql`(select min(q.seq) from ${messages} q where q.company_id = ${messages.companyId}
    and q.conversation_id = ${messages.conversationId} and q.role = 'visitor')`;
  return and(
    inArray(messages.role, ["bot", "agent"]),
    sql`${messages.seq} > ${firstQuestion}`,
    sql`coalesce(json_extract(${messages.payload}, '$.kind'), '') <> 'handoff'`,
  );
}
