import { and, eq, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { commit } from "../../core/outbox.ts";
import { changes } from "../../core/scope.ts";
import { conversations } from "../../db/schema/conversations.ts";
import { staffNotice } from "../lead-notifications/staff-notice.ts";
import type { LeadRow } from "../leads/present.ts";
import type { Scene } from "./bot-facts.ts";
import type { Slots } from "./brain/understanding.ts";
import { learn, tellVisitor } from "./qualify-conversation.ts";
import { nextVersion } from "./queries.ts";
import type { BotQuestion } from "./take-bot-turn.ts";

/** Keeps what a message told on conversation, visitor and lead, and tells staff of a lead that is new. */
export async function keepWhatWasSaid(
  ctx: Context,
  scene: Scene,
  slots: Slots,
  { text, lastSeq }: Pick<BotQuestion, "text" | "lastSeq">,
): Promise<LeadRow> {
  const { conversation, property, visitor } = scene;
  const wishes = wishesOf(slots);
  const contact = contactOf(slots);
  const isNew = conversation.leadId === null && text !== "";
  if (Object.keys({ ...wishes, ...contact }).length > 0 || isNew)
    await commit(
      ctx,
      [
        ctx.db
          .update(conversations)
          .set({
            ...wishes,
            ...(Object.keys(wishes).length > 0 ? { version: nextVersion } : {}),
            updatedAt: ctx.now(),
          })
          .where(
            and(
              eq(conversations.companyId, ctx.companyId),
              eq(conversations.id, conversation.id),
              isNull(conversations.deletedAt),
            ),
          ),
        tellVisitor(ctx, conversation, contact),
      ],
      isNew
        ? [
            staffNotice({
              dedupeKey: `lead:${conversation.id}`,
              type: "new_lead",
              propertyId: property.id,
              conversationId: conversation.id,
              title: `New conversation at ${property.name}`,
              body: text.slice(0, 200),
              payload: { seq: lastSeq },
            }),
          ]
        : [],
    );
  return learn(ctx, conversation, { contact, visitor, ...wishes });
}

/** While a person has the turn, that person hears of what the visitor writes. */
export async function noticeOfWaiting(
  ctx: Context,
  { conversation, property }: Scene,
  question: BotQuestion,
): Promise<void> {
  if (question.text === "") return;
  const touched = ctx.db
    .update(conversations)
    .set({ updatedAt: ctx.now() })
    .where(and(eq(conversations.companyId, ctx.companyId), eq(conversations.id, conversation.id)));
  const notice = staffNotice({
    dedupeKey: `message:${conversation.id}:${question.lastSeq}`,
    type: "visitor_message",
    propertyId: property.id,
    conversationId: conversation.id,
    leadId: conversation.leadId,
    title: `A visitor at ${property.name} has written`,
    body: question.text.slice(0, 200),
  });
  await commit(ctx, [touched], [notice]);
}

function wishesOf(slots: Slots) {
  return changes({
    bedrooms: slots.bedrooms,
    bathrooms: slots.bathrooms,
    priceRangeMin: slots.price_min,
    priceRangeMax: slots.price_max,
    moveInDate: slots.move_in_date,
    occupantsCount: slots.occupants_count,
    hasPets: slots.has_pets,
    petDetails: slots.pet_details,
    furnished: slots.furnished,
    leaseMonths: slots.lease_months,
  });
}

function contactOf({ name, first_name, last_name, email, phone }: Slots) {
  const words = name?.split(/\s+/) ?? [];
  const firstName = first_name ?? (words.length > 1 ? words.slice(0, -1).join(" ") : words[0]);
  const lastName = last_name ?? (words.length > 1 ? words.at(-1) : undefined);
  return changes({ firstName, lastName, email, phone });
}
