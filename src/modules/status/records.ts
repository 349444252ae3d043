import { and, type AnyColumn, eq, isNull, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { requireWritable } from "../../core/scope.ts";
import { contacts } from "../../db/schema/contacts.ts";
import { conversations } from "../../db/schema/conversations.ts";
import { emailDrafts } from "../../db/schema/email.ts";
import { faqs, tasks } from "../../db/schema/knowledge.ts";
import { properties } from "../../db/schema/properties.ts";
import { tours } from "../../db/schema/tours.ts";
import { leadFacts } from "../leads/lead-facts.ts";
import { leadName } from "../leads/lead-work.ts";
import { beginLead } from "../leads/qualify-lead.ts";
import { getLead } from "../leads/queries.ts";
import { machineOf } from "./adjust-status.ts";
import type { StatusChangeInput } from "./change-status.ts";
import { requireChangeable, requireSeen, unknownEntity } from "./reach.ts";

/** What a change must say of the entity it moves. */
export type About = Pick<StatusChangeInput, "propertyId" | "ownerId" | "facts" | "entityDetails">;

type Ref = { entityType: string; entityId: string | number };

type RecordTable = SQLiteTable &
  Record<"id" | "companyId" | "deletedAt", AnyColumn> & { propertyId?: AnyColumn };

/** Records of ours whose status moves with more than itself, and the calls that move all of it. */
const elsewhere: Record<string, { table: RecordTable; by: string[] }> = {
  tour: {
    table: tours,
    by: [
      "PUT /api/tours/{id}/confirm",
      "PUT /api/tours/{id}/reschedule",
      "PUT /api/tours/{id}/cancel",
      "PUT /api/tours/{id}/outcome",
    ],
  },
  conversation: { table: conversations, by: ["PUT /api/conversations/{id}/status"] },
  task: { table: tasks, by: ["PUT /api/tasks/{id}/status", "PUT /api/tasks/{id}/answer"] },
  faq: { table: faqs, by: ["PUT /api/faqs/{id}/answer", "POST /api/faqs/{id}/needs-review"] },
  contact: { table: contacts, by: ["PUT /api/contacts/{contact_id}/status"] },
  email_draft: {
    table: emailDrafts,
    by: ["POST /api/email/send/{id}", "POST /api/email/schedule/{id}"],
  },
};

/**
 * What is known of an entity that is to move, so that a record of ours stays in line with its status. Throws
 * ENTITY_NOT_FOUND for a record that is not there or out of the caller's sight, 403 for one the caller may only
 * read, and 409 naming the right call for records whose status is part of more.
 */
export async function aboutEntity(ctx: Context, ref: Ref, propertyId?: string | null): Promise<About> {
  if (ref.entityType === "lead") return aboutLead(ctx, String(ref.entityId));
  const other = Object.hasOwn(elsewhere, ref.entityType) ? elsewhere[ref.entityType] : undefined;
  if (other) {
    await requireRecord(ctx, other.table, String(ref.entityId));
    throw new AppError(
      "CONFLICT",
      `The status of a ${ref.entityType} changes with it: ${other.by.join(", ")}`,
      {
        entity_type: ref.entityType,
        use: other.by,
      },
    );
  }
  await requireOwnProperty(ctx, ref, propertyId);
  return propertyId === undefined ? {} : { propertyId };
}

/** What a record of ours knows for the required fields of steps. */
export async function factsOf(ctx: Context, { entityType, entityId }: Ref): Promise<Record<string, unknown>> {
  return entityType === "lead" ? { ...(await leadFacts(ctx, String(entityId))) } : {};
}

/** The facts that the steps of a lead ask for; a lead that has just come in gets its first status before. */
async function aboutLead(ctx: Context, leadId: string): Promise<About> {
  const { lead, status } = await getLead(ctx, leadId);
  requireWritable(ctx, lead.propertyId);
  if (status === null) await beginLead(ctx, lead);
  return {
    propertyId: lead.propertyId,
    ownerId: lead.assignedTo,
    facts: await factsOf(ctx, { entityType: "lead", entityId: leadId }),
    entityDetails: { name: leadName(lead) },
  };
}

async function requireRecord(ctx: Context, table: RecordTable, id: string): Promise<void> {
  const [record] = await ctx.db
    .select({ propertyId: sql<string | null>`${table.propertyId ?? null}` })
    .from(table)
    .where(and(eq(table.companyId, ctx.companyId), eq(table.id, id), isNull(table.deletedAt)));
  if (!record) throw unknownEntity();
  requireSeen(ctx, record.propertyId);
}

/** An invented entity may belong to a property: both the one it belongs to and the one it is given to must be open. */
async function requireOwnProperty(ctx: Context, ref: Ref, propertyId?: string | null): Promise<void> {
  const { actor } = ctx;
  if (typeof propertyId === "string") {
    const [known] = await ctx.db
      .select({ id: properties.id })
      .from(properties)
      .where(
        and(
          eq(properties.companyId, ctx.companyId),
          eq(properties.id, propertyId),
          isNull(properties.deletedAt),
        ),
      );
    if (!known) throw new AppError("ENTITY_NOT_FOUND", "Property not found");
    requireWritable(ctx, propertyId);
  }
  if (actor.kind === "staff" && actor.properties === "all") return;
  const known = await machineOf(ctx, ref).current(ctx.now().getTime());
  if (known) requireChangeable(ctx, known.propertyId);
}
