import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { invalidFields } from "../../core/errors.ts";
import { commit } from "../../core/outbox.ts";
import { requireWritable } from "../../core/scope.ts";
import { leadNotifications } from "../../db/schema/outgoing.ts";
import { getConversation } from "../conversations/queries.ts";
import { getLead } from "../leads/queries.ts";
import { getProperty } from "../properties/queries.ts";
import { requireWorksAt } from "../property-managers/require-assignee.ts";
import { notificationType } from "./notification-types.ts";
import type { NotificationDetail } from "./present.ts";
import { getNotification } from "./queries.ts";
import type { NotificationDraft } from "./schemas.ts";

/** Enters a notification by hand. It waits until somebody sends it. */
export async function createNotification(
  ctx: Context,
  draft: NotificationDraft,
): Promise<NotificationDetail> {
  const { companyId, propertyId } = await placeOf(ctx, draft);
  requireWritable(ctx, propertyId);
  const propertyManagerId = draft.property_manager_id ?? null;
  if (propertyManagerId !== null) await requireWorksAt(ctx, { companyId, propertyId }, propertyManagerId);
  const id = ctx.newId();
  const now = ctx.now();
  const title = draft.title ?? notificationType(draft.notification_type).label;
  await commit(ctx, [
    ctx.db.insert(leadNotifications).values({
      id,
      companyId,
      propertyId,
      conversationId: draft.conversation_id ?? null,
      leadId: draft.lead_id ?? null,
      propertyManagerId,
      notificationType: draft.notification_type,
      status: "pending",
      title,
      body: draft.body ?? title,
      payload: draft.payload ?? null,
      dedupeKey: `notification:${id}`,
      inApp: false,
      createdAt: now,
      updatedAt: now,
    }),
    audit(ctx, {
      action: "create",
      recordType: "lead_notification",
      recordId: id,
      companyId,
      after: draft,
    }),
  ]);
  return getNotification(ctx, id);
}

type Place = { companyId: string; propertyId: string };

/** The property of whatever it is about, which must be one and the same. */
async function placeOf(ctx: Context, draft: NotificationDraft): Promise<Place> {
  const places: [field: string, place: Place][] = [];
  if (draft.property_id !== undefined) {
    const { companyId, id } = await getProperty(ctx, draft.property_id);
    places.push(["property_id", { companyId, propertyId: id }]);
  }
  if (draft.conversation_id !== undefined)
    places.push(["conversation_id", (await getConversation(ctx, draft.conversation_id)).conversation]);
  if (draft.lead_id !== undefined) places.push(["lead_id", (await getLead(ctx, draft.lead_id)).lead]);
  const [first, ...others] = places;
  if (!first) throw invalidFields([{ field: "property_id", message: "is needed" }]);
  const stranger = others.find(([, { propertyId }]) => propertyId !== first[1].propertyId);
  if (stranger) throw invalidFields([{ field: stranger[0], message: "belongs to another property" }]);
  return first[1];
}
