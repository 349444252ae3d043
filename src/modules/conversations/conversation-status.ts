import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { changeStatus } from "../status/change-status.ts";
import type { ConversationRow } from "./present.ts";
import { findConversation } from "./queries.ts";
import type { StatusChange } from "./schemas.ts";

/** Moves a conversation's status; already being there is fine. */
export async function moveStatus(
  ctx: Context,
  conversation: Pick<ConversationRow, "id" | "companyId" | "propertyId">,
  status: StatusChange["status"],
  reason?: string | null,
): Promise<void> {
  await changeStatus(ctx, {
    entityType: "conversation",
    entityId: conversation.id,
    toStatus: status,
    reason: reason ?? null,
    propertyId: conversation.propertyId,
    companyId: conversation.companyId,
    keepIfThere: true,
  });
}

/** A conversation begins with the bot; one that has a status already keeps it. */
export async function beginStatus(ctx: Context, id: string): Promise<void> {
  const conversation = await findConversation(ctx, id);
  if (!conversation) return;
  const active = {
    entityType: "conversation",
    entityId: id,
    toStatus: "active",
    propertyId: conversation.propertyId,
    companyId: conversation.companyId,
  };
  await changeStatus(ctx, { ...active, expectedFromStatus: null }).catch((error: unknown) => {
    if (!(error instanceof AppError && error.code === "CONFLICT")) throw error;
  });
}
