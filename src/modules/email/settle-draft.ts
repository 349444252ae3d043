import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import type { Work } from "../../core/outbox.ts";
import { leadFacts } from "../leads/lead-facts.ts";
import { archiveStatus } from "../status/adjust-status.ts";
import { changeStatus, type StatusChangeInput } from "../status/change-status.ts";
import { type DraftRow, findDraft } from "./draft-queries.ts";

/** Has the status engine follow a draft; belongs into the batch that changes it. */
export function draftWork({ id, version }: Pick<DraftRow, "id" | "version">): Work {
  return {
    topic: "projections",
    key: `email_draft:${id}`,
    payload: { kind: "email_draft", draft_id: id },
    dedupeKey: `email_draft:${id}:${version}`,
  };
}

/**
 * Brings the statuses that hang on a draft in line with its row: its own, and that of a new lead who has been
 * written to. May run at any time and any number of times.
 */
export async function settleDraft(ctx: Context, id: string): Promise<void> {
  const draft = await findDraft(ctx, id);
  if (!draft) return;
  if (draft.deletedAt) return archiveStatus(ctx, { entityType: "email_draft", entityId: id });
  await follow(ctx, draft);
  if (draft.status === "sent") await markContacted(ctx, draft);
}

/** The same right after a commit, where the outbox row will do it again if this fails. */
export async function settleDraftNow(ctx: Context, id: string): Promise<void> {
  try {
    await settleDraft(ctx, id);
  } catch (error) {
    ctx.log.error("e-mail draft left for its queue to settle", error, { draftId: id });
  }
}

async function follow(ctx: Context, draft: DraftRow): Promise<void> {
  const change: StatusChangeInput = {
    entityType: "email_draft",
    entityId: draft.id,
    toStatus: draft.status,
    reason: draft.error,
    changeId: `email_draft:${draft.id}:${draft.version}`,
    keepIfThere: true,
    propertyId: draft.propertyId,
    entityDetails: { subject: draft.subject, lead_id: draft.leadId },
  };
  try {
    await changeStatus(ctx, change).catch(async (error: unknown) => {
      if (!hasNoStatusYet(error)) throw error;
      await changeStatus(ctx, { ...change, toStatus: "draft", changeId: `email_draft:${draft.id}:first` });
      await changeStatus(ctx, change);
    });
  } catch (error) {
    leaveIt(ctx, error, `email_draft:${draft.id}`);
  }
}

function hasNoStatusYet(error: unknown): boolean {
  if (!(error instanceof AppError) || error.code !== "INVALID_STATUS_TRANSITION") return false;
  return (error.details as { current_status: string | null }).current_status === null;
}

/** A letter is an answer: the lead's clock stops. Leads further along stay where they are. */
async function markContacted(ctx: Context, draft: DraftRow): Promise<void> {
  const facts = await leadFacts(ctx, draft.leadId);
  if (!facts) return;
  try {
    await changeStatus(ctx, {
      entityType: "lead",
      entityId: draft.leadId,
      toStatus: "contacted",
      expectedFromStatus: "new",
      reason: "An e-mail was sent",
      changeId: `email_draft:${draft.mailId}:contacted`,
      facts: { ...facts },
    });
  } catch (error) {
    if (error instanceof AppError && error.code === "CONFLICT") return;
    leaveIt(ctx, error, `lead:${draft.leadId}`);
  }
}

/** A company's own workflow may know other steps. */
function leaveIt(ctx: Context, error: unknown, entity: string): void {
  if (!(error instanceof AppError)) throw error;
  ctx.log.warn("status left as it is", { entity, why: error.message });
}
