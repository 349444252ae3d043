import { and, eq, getTableColumns, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { conversations, leads } from "../../db/schema/conversations.ts";
import { properties, propertyManagers } from "../../db/schema/properties.ts";
import type { OfficeHours } from "../properties/office-hours.ts";
import { changeWords } from "../status-templates/change-words.ts";
import type { Words } from "../status-templates/interpolate.ts";
import type { WorkflowFacts } from "./evaluate.ts";
import type { Entry } from "./lead-entry.ts";

/** A lead with what its workflows look at. */
export type Stage = {
  lead: typeof leads.$inferSelect;
  property: {
    id: string;
    name: string;
    timeZone: string;
    officeHours: OfficeHours | null;
    email: string | null;
  };
  conversation: { startTime: Date; lastMessageAt: Date | null; messageCount: number } | null;
  /** Name of the lead's manager. */
  assignedTo: string | null;
};

/** Null for a lead that does not exist any more, or whose property does not. */
export async function loadStage(ctx: Context, leadId: string): Promise<Stage | null> {
  const isLead = and(eq(leads.companyId, ctx.companyId), eq(leads.id, leadId), isNull(leads.deletedAt));
  const wanted = <Column extends "propertyId" | "conversationId" | "assignedTo">(column: Column) =>
    ctx.db.select({ id: leads[column] }).from(leads).where(isLead);
  // The tables share names of columns, which a batch cannot tell apart in one statement.
  const [[lead], [property], [conversation], [manager]] = await ctx.db.batch([
    ctx.db.select(getTableColumns(leads)).from(leads).where(isLead),
    ctx.db
      .select({
        id: properties.id,
        name: properties.name,
        timeZone: properties.timeZone,
        officeHours: properties.officeHours,
        email: properties.email,
      })
      .from(properties)
      .where(
        and(
          eq(properties.companyId, ctx.companyId),
          eq(properties.id, wanted("propertyId")),
          isNull(properties.deletedAt),
        ),
      ),
    ctx.db
      .select({
        startTime: conversations.startTime,
        lastMessageAt: conversations.lastMessageAt,
        messageCount: conversations.messageCount,
      })
      .from(conversations)
      .where(and(eq(conversations.companyId, ctx.companyId), eq(conversations.id, wanted("conversationId")))),
    ctx.db
      .select({ firstName: propertyManagers.firstName, lastName: propertyManagers.lastName })
      .from(propertyManagers)
      .where(
        and(eq(propertyManagers.companyId, ctx.companyId), eq(propertyManagers.id, wanted("assignedTo"))),
      ),
  ]);
  if (!lead || !property) return null;
  return {
    lead,
    property,
    conversation: conversation ?? null,
    assignedTo: manager ? `${manager.firstName} ${manager.lastName}` : null,
  };
}

const tenthOfMinuteMs = 6000;

/** A lead that came in without a conversation has said nothing, and one without a score has none. */
export function workflowFacts(ctx: Context, { lead, property, conversation }: Stage): WorkflowFacts {
  const { startTime, lastMessageAt, messageCount = 0 } = conversation ?? {};
  const spokenMs = startTime && lastMessageAt ? lastMessageAt.getTime() - startTime.getTime() : 0;
  return {
    conversationMinutes: Math.max(0, Math.floor(spokenMs / tenthOfMinuteMs) / 10),
    messageCount,
    leadScore: lead.leadScore ?? 0,
    now: ctx.now().getTime(),
    place: { timeZone: property.timeZone, officeHours: property.officeHours },
  };
}

export function stageWords({ lead, property, assignedTo }: Stage, entry: Entry): Words {
  return changeWords({
    lead,
    property,
    assignedTo,
    oldStatus: entry.from,
    newStatus: entry.to,
    reason: entry.reason,
    changedBy: entry.changedBy,
    at: new Date(entry.at),
  });
}
