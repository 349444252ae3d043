import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { staleVersion } from "../../core/scope.ts";
import type { Transition } from "../../durable/status-machine/protocol.ts";
import { changeStatus } from "../status/change-status.ts";
import type { StageNote, StatusStep } from "./contact-history.ts";
import { stageAt } from "./lifecycle.ts";
import type { ContactRow } from "./present.ts";
import { getContact } from "./queries.ts";
import type { StatusUpdate } from "./schemas.ts";
import { aboutOf, beginStatus, followTransitions, settleContact } from "./settle-contact.ts";

const mostTries = 5;

/**
 * Moves a contact. The status machine decides and keeps the history, stages included; the row follows at once, and
 * should that fail, by the event the machine tells.
 */
export async function changeContactStatus(
  ctx: Context,
  id: string,
  update: StatusUpdate,
  seenVersion?: number,
): Promise<StatusStep & { contactId: string }> {
  const changeId = ctx.newId();
  for (let tries = 0; tries < mostTries; tries += 1) {
    const contact = await startedContact(ctx, id);
    if (seenVersion !== undefined && seenVersion !== contact.version) throw staleVersion();
    const note = noteOf(contact, update);
    const transition = await move(ctx, contact, update, note, changeId);
    if (!transition) {
      await settleContact(ctx, id);
      continue;
    }
    const followed = await followTransitions(ctx, contact, [transition]);
    if (!followed) await settleContact(ctx, id);
    const { old_lifecycle_stage: oldStage, new_lifecycle_stage: newStage } = note;
    return { contactId: id, transition, oldStage, newStage };
  }
  throw new AppError("CONFLICT", "Others move this contact just now; try again");
}

/** A contact that has just been entered may not have got its first status yet. */
async function startedContact(ctx: Context, id: string): Promise<ContactRow> {
  const contact = await getContact(ctx, id);
  if (contact.statusSeq > 0) return contact;
  await beginStatus(ctx, contact);
  return getContact(ctx, id);
}

function noteOf(contact: ContactRow, update: StatusUpdate): StageNote {
  const said = update.lifecycle_stage ?? null;
  return {
    lifecycle_stage: said,
    old_lifecycle_stage: contact.lifecycleStage,
    new_lifecycle_stage: stageAt(update.relationship_status, said, contact.lifecycleStage),
    notes: update.notes ?? null,
  };
}

/** Null when the contact is no longer where its row says. */
async function move(
  ctx: Context,
  contact: ContactRow,
  update: StatusUpdate,
  note: StageNote,
  changeId: string,
): Promise<Transition | null> {
  try {
    const { transition } = await changeStatus(ctx, {
      entityType: "contact",
      entityId: contact.id,
      companyId: contact.companyId,
      ...aboutOf(contact),
      toStatus: update.relationship_status,
      changeId,
      expectedFromStatus: contact.statusSeq > 0 ? contact.relationshipStatus : null,
      reason: update.reason ?? null,
      metadata: note,
      isAudited: true,
    });
    return transition;
  } catch (error) {
    if (error instanceof AppError && error.code === "CONFLICT") return null;
    throw asContactError(error, contact, update);
  }
}

function asContactError(error: unknown, contact: ContactRow, update: StatusUpdate): unknown {
  if (!(error instanceof AppError)) return error;
  const { code, details } = error;
  if (code === "INVALID_STATUS_TRANSITION")
    return new AppError(
      code,
      `Invalid status transition: cannot move from ${contact.relationshipStatus} to ${update.relationship_status}`,
      details,
      400,
    );
  if (code === "PERMISSION_DENIED")
    return new AppError("INSUFFICIENT_PERMISSIONS", `Insufficient permissions: ${error.message}`, details);
  return code === "ENTITY_NOT_FOUND" ? new AppError("RECORD_NOT_FOUND", "Contact not found") : error;
}
