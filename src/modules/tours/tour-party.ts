import { and, eq, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import type { Work } from "../../core/outbox.ts";
import { only } from "../../core/scope.ts";
import { conversations, leads } from "../../db/schema/conversations.ts";
import { tours } from "../../db/schema/tours.ts";
import { contactOfLeadWork } from "../contacts/contact-work.ts";
import { isPushable, pushLeadWork } from "../leads/lead-work.ts";
import { upsertLead } from "../leads/upsert-lead.ts";
import type { Booking } from "./book-tour.ts";
import type { TourRow } from "./present.ts";

type Conversation = typeof conversations.$inferSelect;
type LeadInsert = typeof leads.$inferInsert;

/** Who a tour is for: the visitor, the conversation and the lead it belongs to. */
export type Party = {
  conversation: Conversation | null;
  /** Tours this conversation has had at the wanted time. */
  before: TourRow[];
  userId: string | null;
  leadId: string;
  /** The lead to be made with the tour, where there is none yet. */
  newLead: LeadInsert | null;
  work: Work[];
};

/** 404 for a conversation or lead of another company, property or visitor. */
export async function partyOf(ctx: Context, booking: Booking): Promise<Party> {
  const { actor } = ctx;
  const [talks, before, linked] = await ctx.db.batch([
    ctx.db.select().from(conversations).where(theConversation(ctx, booking)),
    ctx.db.select().from(tours).where(earlierTours(ctx, booking)),
    ctx.db.select({ id: leads.id }).from(leads).where(theLead(ctx, booking)).limit(1),
  ]);
  const conversation = booking.conversationId ? only(talks, "Conversation") : null;
  const userId = (actor.kind === "visitor" ? actor.id : booking.userId) ?? conversation?.userId ?? null;
  const party = { conversation, before, userId, newLead: null, work: [] };
  if (booking.leadId) return { ...party, leadId: only(linked, "Lead").id };
  if (conversation) return { ...party, leadId: await leadOfConversation(ctx, conversation, booking) };
  const [known] = linked;
  if (known) return { ...party, leadId: known.id };
  const newLead = leadFor(ctx, booking, userId);
  const work = [
    ...contactOfLeadWork(newLead.id, {}, newLead, "tour"),
    ...(newLead.resmanSyncStatus === "pending" ? [pushLeadWork(newLead.id, "tour")] : []),
  ];
  return { ...party, leadId: newLead.id, newLead, work };
}

function theConversation(ctx: Context, { conversationId, propertyId }: Booking) {
  return and(
    eq(conversations.companyId, ctx.companyId),
    eq(conversations.id, conversationId ?? ""),
    eq(conversations.propertyId, propertyId),
    isNull(conversations.deletedAt),
    ctx.actor.kind === "visitor" ? eq(conversations.userId, ctx.actor.id) : undefined,
  );
}

function earlierTours(ctx: Context, { conversationId, startsAt }: Booking) {
  return and(
    eq(tours.companyId, ctx.companyId),
    eq(tours.conversationId, conversationId ?? ""),
    eq(tours.startsAt, startsAt),
  );
}

/** The lead named, else the visitor's at this property. */
function theLead(ctx: Context, { leadId, userId, propertyId }: Booking) {
  const { actor } = ctx;
  const visitorId = actor.kind === "visitor" ? actor.id : (userId ?? "");
  return and(
    eq(leads.companyId, ctx.companyId),
    eq(leads.propertyId, propertyId),
    isNull(leads.deletedAt),
    leadId ? eq(leads.id, leadId) : eq(leads.userId, visitorId),
  );
}

/** What the prospect tells for the tour is news of the conversation's lead. */
async function leadOfConversation(
  ctx: Context,
  conversation: Conversation,
  booking: Booking,
): Promise<string> {
  const { id, propertyId, userId } = conversation;
  const contact = contactOf(booking);
  const said = Object.fromEntries(Object.entries(contact).filter(([, value]) => value !== null));
  return (await upsertLead(ctx, { conversationId: id, propertyId, userId, contact: said })).id;
}

function leadFor(ctx: Context, booking: Booking, userId: string | null) {
  const contact = contactOf(booking);
  const now = ctx.now();
  return {
    id: ctx.newId(),
    companyId: ctx.companyId,
    propertyId: booking.propertyId,
    userId,
    ...contact,
    source: booking.source,
    resmanSyncStatus: isPushable(contact) ? "pending" : "waiting",
    lastActivityAt: now,
    createdAt: now,
    updatedAt: now,
  } satisfies LeadInsert;
}

/** "Mary Ann Field" to "Mary Ann" and "Field"; a single word is a first name. */
function contactOf({ prospect }: Booking) {
  const words = prospect.name.trim().split(/\s+/);
  const last = words.length > 1 ? words.pop() : undefined;
  return {
    firstName: words.join(" "),
    lastName: last ?? null,
    email: prospect.email ?? null,
    phone: prospect.phone ?? null,
  };
}
