import { and, eq, isNull, lt, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { contacts } from "../../db/schema/contacts.ts";
import type { Transition } from "../../durable/status-machine/protocol.ts";
import { adjustStatus, archiveStatus, machineOf, restoreStatus } from "../status/adjust-status.ts";
import { changeStatus } from "../status/change-status.ts";
import { type StageNote, stageSetBy } from "./contact-history.ts";
import type { ContactRow } from "./present.ts";

const c = contacts;

/**
 * Brings a contact's status machine in line with its row (begun, archived, taken up again, named as the row is), then
 * the row in line with the machine. Run again it changes nothing.
 */
export async function alignContact(ctx: Context, contactId: string): Promise<void> {
  const contact = await findRow(ctx, contactId);
  if (!contact) return;
  const ref = { entityType: "contact", entityId: contactId };
  if (contact.deletedAt) return archiveStatus(ctx, ref);
  const known = await machineOf(ctx, ref).current(ctx.now().getTime());
  if (!known) return beginStatus(ctx, contact);
  if (known.archivedAt !== null) await restoreStatus(ctx, ref);
  const { ownerId, entityDetails } = aboutOf(contact);
  if (known.ownerId !== ownerId || known.entityDetails["name"] !== entityDetails.name)
    await adjustStatus(ctx, ref, { ownerId, entityDetails });
  await settleContact(ctx, contactId);
}

/** Makes the machine of a contact that has none yet, in the status of its row. */
export async function beginStatus(ctx: Context, contact: ContactRow): Promise<void> {
  const { id, relationshipStatus, lifecycleStage } = contact;
  const note: StageNote = {
    lifecycle_stage: lifecycleStage,
    old_lifecycle_stage: null,
    new_lifecycle_stage: lifecycleStage,
    notes: null,
  };
  try {
    await changeStatus(ctx, {
      entityType: "contact",
      entityId: id,
      ...aboutOf(contact),
      toStatus: relationshipStatus,
      changeId: `contact:${id}:begin`,
      expectedFromStatus: null,
      reason: "Entered",
      metadata: note,
    });
  } catch (error) {
    // Somebody else was first, or the company's own workflow begins otherwise: then its first change begins it.
    if (!(error instanceof AppError)) throw error;
    ctx.log.warn("contact left without its first status", { contactId: id, why: error.message });
  }
  await settleContact(ctx, id);
}

export function aboutOf({ assignedTo, displayName }: ContactRow) {
  return { ownerId: assignedTo, entityDetails: { name: displayName } };
}

const mostBehind = 200;

/** Writes into the row what its status machine has done since: status, and the stage that goes with it. */
export async function settleContact(ctx: Context, contactId: string): Promise<void> {
  const contact = await findRow(ctx, contactId);
  if (!contact || contact.deletedAt) return;
  const history = await machineOf(ctx, { entityType: "contact", entityId: contactId }).history({
    now: ctx.now().getTime(),
    limit: mostBehind,
    offset: 0,
  });
  const missed = (history?.transitions ?? []).filter(({ seq }) => seq > contact.statusSeq);
  if (missed.length > 0) await followTransitions(ctx, contact, missed.toReversed());
}

/** Transitions, oldest first. A row that has gone further already is left alone. */
export async function followTransitions(
  ctx: Context,
  contact: ContactRow,
  transitions: Transition[],
): Promise<ContactRow | null> {
  const last = transitions.at(-1);
  if (!last) return null;
  const { id, companyId, relationshipStatus, lifecycleStage } = contact;
  const stage = transitions.map(stageSetBy).findLast((set) => set !== null) ?? lifecycleStage;
  // The first transition only says what the row said already: its version stays.
  const isNews = last.to !== relationshipStatus || stage !== lifecycleStage;
  const [row] = await ctx.db
    .update(c)
    .set({
      relationshipStatus: last.to,
      ...(stage === lifecycleStage ? {} : { lifecycleStage: stage }),
      statusSeq: last.seq,
      ...(isNews ? { version: sql`${c.version} + 1`, updatedAt: ctx.now() } : {}),
    })
    .where(and(eq(c.companyId, companyId), eq(c.id, id), lt(c.statusSeq, last.seq), isNull(c.deletedAt)))
    .returning();
  return row ?? null;
}

async function findRow(ctx: Context, id: string): Promise<ContactRow | null> {
  const [row] = await ctx.db
    .select()
    .from(c)
    .where(and(eq(c.companyId, ctx.companyId), eq(c.id, id)));
  return row ?? null;
}
