import { Temporal } from "temporal-polyfill";
import type { Context } from "../../core/context.ts";
import { conversations, leads } from "../../db/schema/conversations.ts";
import { users } from "../../db/schema/users.ts";
import { scoreLead } from "../leads/score-lead.ts";
import { hoursAgo } from "./as-of.ts";
import { demoId } from "./demo/demo-id.ts";
import { demoProperties } from "./demo/properties.ts";
import type { Story } from "./demo/story.ts";

/** The visitor, the conversation and the lead of a story. */
export async function writeStoryRows(ctx: Context, story: Story) {
  const { companyId } = ctx;
  const { person, wishes = {}, key } = story;
  const began = hoursAgo(ctx, story.began);
  const propertyId = demoId(story.property);
  const ids = { userId: demoId(`user ${key}`), conversationId: demoId(key), leadId: demoId(`lead ${key}`) };
  const today = Temporal.Instant.fromEpochMilliseconds(ctx.now().getTime()).toZonedDateTimeISO(zoneOf(story));
  const wanted = {
    bedrooms: wishes.bedrooms ?? null,
    priceRangeMin: null,
    priceRangeMax: wishes.priceMax ?? null,
    occupantsCount: wishes.occupants ?? null,
    leaseMonths: null,
    moveInDate:
      wishes.moveIn === undefined ? null : today.toPlainDate().add({ days: wishes.moveIn }).toString(),
    hasPets: wishes.pets === undefined ? null : true,
    petDetails: wishes.pets ?? null,
  };
  const contact = {
    firstName: person.firstName ?? null,
    lastName: person.lastName ?? null,
    email: person.email ?? null,
    phone: person.phone ?? null,
  };
  const { score, reasons } = scoreLead({ ...contact, ...wanted }, false, today.toPlainDate().toString());
  const scored = { ...wanted, leadScore: score, scoreExplanation: reasons };
  const stamps = { createdAt: began, updatedAt: began };
  const shared = { companyId, propertyId, userId: ids.userId, ...stamps };
  await ctx.db.batch([
    ctx.db
      .insert(users)
      .values({
        id: ids.userId,
        companyId,
        ...contact,
        browserId: `demo-${key}`,
        sessionCount: 1,
        lastSeen: began,
        ...stamps,
      })
      .onConflictDoNothing(),
    ctx.db
      .insert(conversations)
      .values({
        id: ids.conversationId,
        ...shared,
        chatbotId: demoId(`chatbot of ${story.property}`),
        leadId: ids.leadId,
        startTime: began,
        isQualified: story.moves.some(([status]) => status === "qualified"),
        source: "chat",
        ...scored,
      })
      .onConflictDoNothing(),
    ctx.db
      .insert(leads)
      .values({
        id: ids.leadId,
        ...shared,
        ...contact,
        conversationId: ids.conversationId,
        source: "chat",
        hasApplication: hasApplication(story),
        lastActivityAt: hoursAgo(ctx, Math.min(story.began, ...story.moves.map(([, at]) => at))),
        ...scored,
      })
      .onConflictDoNothing(),
  ]);
  return { propertyId, conversationId: ids.conversationId, userId: ids.userId };
}

function zoneOf(story: Story): string {
  return demoProperties.find(({ key }) => key === story.property)?.timeZone ?? "UTC";
}

export function hasApplication({ moves }: Story): boolean {
  return moves.some(([status]) => status === "application" || status === "leased");
}
