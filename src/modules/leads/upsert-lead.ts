import { and, eq, isNull, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { commit, outgoing, type Work } from "../../core/outbox.ts";
import { changes, only } from "../../core/scope.ts";
import { conversations, leads } from "../../db/schema/conversations.ts";
import { contactOfLeadWork } from "../contacts/contact-work.ts";
import { isPushable, leadFactsWork, pushLeadWork } from "./lead-work.ts";
import type { LeadRow } from "./present.ts";

type Contact = Pick<LeadRow, "firstName" | "lastName" | "email" | "phone">;
type Wishes = Pick<
  LeadRow,
  | "bedrooms"
  | "bathrooms"
  | "furnished"
  | "leaseMonths"
  | "moveInDate"
  | "priceRangeMin"
  | "priceRangeMax"
  | "occupantsCount"
  | "hasPets"
  | "petDetails"
>;

/** What a conversation has told of a person. Absent: not said; null: taken back. */
export type LeadNews = {
  conversationId: string;
  propertyId: string;
  userId: string | null;
  source?: string | null;
  contact?: Said<Contact>;
  /** What the visitor has told elsewhere, of which nobody asks again: it stands where this lead knows nothing. */
  visitor?: Contact | undefined;
} & Said<Wishes>;

type Said<Fields> = { [Field in keyof Fields]?: Fields[Field] | undefined };

/**
 * The lead of a conversation, made at the first message. Only what was newly said changes, so the same news told
 * twice changes nothing but the time of the last activity. Status, score and ResMan follow by the outbox.
 */
export async function upsertLead(ctx: Context, news: LeadNews): Promise<LeadRow> {
  const before = await findLeadOf(ctx, news.conversationId);
  const said = newlySaid(before, news);
  const id = before?.id ?? ctx.newId();
  const isNews = before === null || Object.keys(said).length > 0;
  const willPush = isNews && isPushable({ ...before, ...said });
  const written = { ...said, ...(willPush ? { resmanSyncStatus: "pending" as const } : {}) };
  const because = ctx.newId();
  const follow = (leadId: string): Work[] => [
    leadFactsWork(leadId, because),
    ...contactOfLeadWork(leadId, before ?? {}, said, because),
    ...(willPush ? [pushLeadWork(leadId, because)] : []),
  ];
  const [rows] = await commit(
    ctx,
    [
      write(ctx, id, news, written, isNews),
      markConversation(ctx, news.conversationId),
      ...(isNews
        ? [audit(ctx, { ...auditOf(id), action: before ? "update" : "create", before, after: said })]
        : []),
    ],
    isNews ? follow(id) : [],
  );
  const lead = only(rows, "Lead");
  // Another first message made the lead meanwhile: that one is to be followed up.
  if (isNews && lead.id !== id) await Promise.all(follow(lead.id).map((work) => outgoing(ctx, work)));
  return lead;
}

/** One statement makes the lead or changes it, so that two first messages at once make one lead. */
function write(ctx: Context, id: string, news: LeadNews, written: Partial<LeadRow>, isNews: boolean) {
  const { conversationId, propertyId, userId, source } = news;
  const now = ctx.now();
  const stamps = isNews ? { version: sql`${leads.version} + 1`, updatedAt: now } : {};
  return ctx.db
    .insert(leads)
    .values({
      id,
      companyId: ctx.companyId,
      propertyId,
      conversationId,
      userId,
      source: source ?? "chat",
      ...written,
      lastActivityAt: now,
      createdAt: now,
      updatedAt: now,
    })
    .onConflictDoUpdate({
      target: [leads.companyId, leads.conversationId],
      set: { ...written, ...stamps, lastActivityAt: now },
    })
    .returning();
}

function markConversation(ctx: Context, conversationId: string) {
  const { companyId } = ctx;
  return ctx.db
    .update(conversations)
    .set({ leadId: sql`(${leadIdOf(ctx, conversationId)})` })
    .where(
      and(
        eq(conversations.companyId, companyId),
        eq(conversations.id, conversationId),
        isNull(conversations.leadId),
      ),
    );
}

function auditOf(recordId: string) {
  return { recordType: "lead", recordId };
}

function leadIdOf(ctx: Context, conversationId: string) {
  return ctx.db
    .select({ id: leads.id })
    .from(leads)
    .where(and(eq(leads.companyId, ctx.companyId), eq(leads.conversationId, conversationId)));
}

async function findLeadOf(ctx: Context, conversationId: string): Promise<LeadRow | null> {
  const [lead] = await ctx.db
    .select()
    .from(leads)
    .where(and(eq(leads.companyId, ctx.companyId), eq(leads.conversationId, conversationId)));
  return lead ?? null;
}

/** The said fields whose value is not what is known already. */
function newlySaid(before: LeadRow | null, news: LeadNews): Partial<Contact & Wishes> {
  const { conversationId: _c, propertyId: _p, userId: _u, source: _s, contact, visitor, ...wishes } = news;
  const known = (before ?? {}) as Record<string, unknown>;
  const elsewhere = Object.entries(visitor ?? {}).filter(
    ([field, value]) => value !== null && (known[field] ?? null) === null,
  );
  const said = Object.entries({ ...Object.fromEntries(elsewhere), ...changes({ ...contact, ...wishes }) });
  return Object.fromEntries(
    said.filter(([field, value]) => JSON.stringify(known[field] ?? null) !== JSON.stringify(value)),
  );
}
