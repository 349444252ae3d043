import { and, eq } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError, invalidFields } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { commit } from "../../core/outbox.ts";
import { changes, inCompany, requireWritable, staleVersion } from "../../core/scope.ts";
import { conversations } from "../../db/schema/conversations.ts";
import { emailDrafts } from "../../db/schema/email.ts";
import { getLead } from "../leads/queries.ts";
import { draftWork, settleDraftNow } from "./settle-draft.ts";
import { type DraftRow, type DraftWithMail, getDraft, isOnItsWay, visible } from "./draft-queries.ts";
import type { DraftChanges, DraftInput } from "./drafts.schemas.ts";
import { requireFuture } from "./future-time.ts";
import { type LetterParts, requireLetter, takeTemplate } from "./take-template.ts";

export async function createDraft(ctx: Context, input: DraftInput): Promise<DraftWithMail> {
  const { lead } = await getLead(ctx, input.lead_id);
  requireWritable(ctx, lead.propertyId);
  const conversationId = input.conversation_id ?? lead.conversationId;
  if (input.conversation_id) await requireConversation(ctx, input.conversation_id, lead.propertyId);
  if (input.scheduled_for) requireFuture(ctx, input.scheduled_for);
  const letter = await takeTemplate(ctx, lead.propertyId, input);
  const now = ctx.now();
  const row = {
    id: ctx.newId(),
    companyId: lead.companyId,
    propertyId: lead.propertyId,
    leadId: lead.id,
    conversationId,
    ...letter,
    preview: input.preview ?? null,
    status: input.scheduled_for ? ("scheduled" as const) : ("draft" as const),
    priority: input.priority ?? "medium",
    tags: input.tags ?? null,
    scheduledFor: input.scheduled_for ?? null,
    createdBy: ctx.actor.name,
    createdAt: now,
    updatedAt: now,
  };
  await commit(
    ctx,
    [
      ctx.db.insert(emailDrafts).values(row),
      audit(ctx, { action: "create", recordType: "email_draft", recordId: row.id, after: input }),
    ],
    [draftWork({ id: row.id, version: 1 })],
  );
  await settleDraftNow(ctx, row.id);
  return getDraft(ctx, row.id);
}

export async function updateDraft(
  ctx: Context,
  id: string,
  input: DraftChanges,
  seenVersion?: number,
): Promise<DraftWithMail> {
  const { draft: before } = await getDraft(ctx, id);
  requireWritable(ctx, before.propertyId);
  if (seenVersion !== undefined && before.version !== seenVersion) throw staleVersion();
  requireOpen(before);
  if (input.conversation_id) await requireConversation(ctx, input.conversation_id, before.propertyId);
  if (input.scheduled_for) requireFuture(ctx, input.scheduled_for);
  const letter: LetterParts = {
    subject: input.subject ?? before.subject,
    content: input.content ?? before.content,
    contentType: input.content_type ?? before.contentType,
    variables: input.variables ?? before.variables,
  };
  requireLetter(letter);
  await change(ctx, before, input, {
    ...letter,
    ...changes({
      conversationId: input.conversation_id,
      preview: input.preview,
      priority: input.priority,
      tags: input.tags,
    }),
    ...timing(input, before),
  });
  return getDraft(ctx, id);
}

/** Puts a draft on the schedule, to another time, or with null off it. */
export async function scheduleDraft(ctx: Context, id: string, at: Date | null): Promise<DraftWithMail> {
  const { draft: before } = await getDraft(ctx, id);
  requireWritable(ctx, before.propertyId);
  requireOpen(before);
  if (at) requireFuture(ctx, at);
  await change(ctx, before, { scheduled_for: at }, timing({ scheduled_for: at }, before));
  return getDraft(ctx, id);
}

export async function archiveDraft(ctx: Context, id: string): Promise<{ id: string; deletedAt: Date }> {
  const { draft: before } = await getDraft(ctx, id);
  requireWritable(ctx, before.propertyId);
  if (isOnItsWay(before)) throw onItsWay();
  const deletedAt = ctx.now();
  const version = before.version + 1;
  await commitChange(
    ctx,
    [
      ctx.db
        .update(emailDrafts)
        .set({ deletedAt, updatedAt: deletedAt, version })
        .where(unchanged(ctx, before)),
      audit(ctx, { action: "archive", recordType: "email_draft", recordId: id, before }),
    ],
    [draftWork({ id, version })],
  );
  await settleDraftNow(ctx, id);
  return { id, deletedAt };
}

async function change(
  ctx: Context,
  before: DraftRow,
  input: unknown,
  changed: Partial<DraftRow>,
): Promise<void> {
  const version = before.version + 1;
  await commitChange(
    ctx,
    [
      ctx.db
        .update(emailDrafts)
        .set({ ...changed, version, updatedAt: ctx.now() })
        .where(unchanged(ctx, before)),
      audit(ctx, { action: "update", recordType: "email_draft", recordId: before.id, before, after: input }),
    ],
    [draftWork({ id: before.id, version })],
  );
  await settleDraftNow(ctx, before.id);
}

/** What a wish for a time, or for none, makes of a draft that is not on its way. */
function timing({ scheduled_for: at, status }: DraftChanges, before: DraftRow): Partial<DraftRow> {
  if (at) return { status: "scheduled", scheduledFor: at, mailId: null, error: null };
  const isOff = status === "draft" || (at === null && before.status === "scheduled");
  return isOff ? { status: "draft", scheduledFor: null, mailId: null, error: null } : {};
}

function unchanged(ctx: Context, before: DraftRow) {
  return and(visible(ctx), eq(emailDrafts.id, before.id), eq(emailDrafts.version, before.version));
}

/** A letter that has left, or is leaving, is what it is. */
function requireOpen(draft: DraftRow): void {
  if (isOnItsWay(draft)) throw onItsWay();
  if (draft.status !== "sent") return;
  throw new AppError("INVALID_STATUS_TRANSITION", "The e-mail has been sent", {
    current_status: "sent",
    requested_status: null,
    allowed_transitions: [],
  });
}

function onItsWay(): AppError {
  return new AppError("CONFLICT", "The e-mail is on its way");
}

async function requireConversation(ctx: Context, id: string, propertyId: string): Promise<void> {
  const [found] = await ctx.db
    .select({ id: conversations.id })
    .from(conversations)
    .where(
      and(
        inCompany(ctx, conversations.companyId),
        eq(conversations.id, id),
        eq(conversations.propertyId, propertyId),
      ),
    );
  if (!found)
    throw invalidFields([{ field: "conversation_id", message: "is no conversation of the lead's property" }]);
}
