import { and, eq, isNull, notExists, type SQL, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { commitWhile } from "../../core/guarded-commit.ts";
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

const mostTries = 10;

/**
 * The lead of a conversation, made at the first message. Only what was newly said changes, so the same news told
 * twice changes nothing but the time of the last activity. Status, score and ResMan follow by the outbox. Of two who
 * tell at once the second adds to what the first has told: together they may make a lead that can be pushed.
 */
export async function upsertLead(ctx: Context, news: LeadNews): Promise<LeadRow> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const lead = await tell(ctx, news, await findLeadOf(ctx, news.conversationId));
    if (lead) return lead;
  }
  throw new AppError("CONFLICT", "Others change this lead just now; try again");
}

/** Null when the lead is no longer as it was read. Of somebody who has been forgotten nothing is kept any more. */
async function tell(ctx: Context, news: LeadNews, before: LeadRow | null): Promise<LeadRow | null> {
  if (before?.deletedAt) return before;
  const said = newlySaid(before, news);
  const id = before?.id ?? ctx.newId();
  if (before && Object.keys(said).length === 0) return touch(ctx, before);
  const willPush = isPushable({ ...before, ...said });
  const written = { ...said, ...(willPush ? { resmanSyncStatus: "pending" as const } : {}) };
  const because = ctx.newId();
  const done = await commitWhile(
    ctx,
    stillSo(ctx, news, before),
    [
      before ? change(ctx, before, written) : make(ctx, id, news, written),
      markConversation(ctx, news.conversationId),
      audit(ctx, { ...auditOf(id), action: before ? "update" : "create", before, after: said }),
    ],
    [
      leadFactsWork(id, because),
      ...contactOfLeadWork(id, before ?? {}, said, because),
      ...(willPush ? [pushLeadWork(id, because)] : []),
    ],
  );
  return done && only(done[0], "Lead");
}

async function touch(ctx: Context, { companyId, id }: LeadRow): Promise<LeadRow> {
  const rows = await ctx.db
    .update(leads)
    .set({ lastActivityAt: ctx.now() })
    .where(and(eq(leads.companyId, companyId), eq(leads.id, id)))
    .returning();
  return only(rows, "Lead");
}

function stillSo(ctx: Context, { conversationId }: LeadNews, before: LeadRow | null): SQL {
  const itsLead = leadIdOf(ctx, conversationId);
  if (!before) return notExists(itsLead);
  const { id, companyId, version } = before;
  return sql`exists (select 1 from ${leads} where ${leads.companyId} = ${companyId} and ${leads.id} = ${id}
    and ${leads.version} = ${version})`;
}

function make(ctx: Context, id: string, news: LeadNews, written: Partial<LeadRow>) {
  const { conversationId, propertyId, userId, source } = news;
  const now = ctx.now();
  const stamps = { lastActivityAt: now, createdAt: now, updatedAt: now };
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
      ...stamps,
    })
    .returning();
}

function change(ctx: Context, { companyId, id, version }: LeadRow, written: Partial<LeadRow>) {
  const now = ctx.now();
  return ctx.db
    .update(leads)
    .set({ ...written, version: version + 1, updatedAt: now, lastActivityAt: now })
    .where(and(eq(leads.companyId, companyId), eq(leads.id, id)))
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
