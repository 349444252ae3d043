import { and, eq, isNull, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { contactKeys, contacts } from "../../db/schema/contacts.ts";
import { leads } from "../../db/schema/conversations.ts";
import { emailSuppressions } from "../../db/schema/email.ts";
import { mails } from "../../db/schema/outgoing.ts";
import { unsubscribeParts } from "./campaign-letter.ts";
import type { CampaignRow } from "./campaign-queries.ts";
import { compileLetter, Unfillable } from "./compose-letter.ts";
import { findStationery, type Stationery } from "./letter-subject.ts";
import type { Settled } from "./mail-recipients.ts";
import { nameOf, valuesOf } from "./merge-fields.ts";
import { mailInsert, type MailRow } from "./queue-mail.ts";
import type { Recipient } from "./recipient-queries.ts";

type Pending = Pick<Recipient, "leadId" | "address">;
type LeadRow = typeof leads.$inferSelect;

export type Written = { leadId: string; mail: MailRow };

/**
 * The mails of a page of recipients: those that an earlier try has written, and new ones. Whoever is not to be
 * written to is settled instead: suppressed, or cancelled with the lead.
 */
export async function writeCampaignMails(
  ctx: Context,
  campaign: CampaignRow,
  pending: Pending[],
): Promise<{ written: Written[]; settled: Settled[] }> {
  const stationery = await findStationery(ctx, campaign.propertyId);
  if (!stationery) throw new Error(`campaign ${campaign.id} has no property`);
  const situation = await readSituation(ctx, campaign, pending);
  const settled: Settled[] = [];
  const inserts = [];
  const write = writer(ctx, campaign, stationery);
  for (const recipient of pending) {
    const { leadId } = recipient;
    const before = situation.written.get(leadId);
    // What may have left already is not taken back.
    if (before && before.status !== "queued") continue;
    const lead = situation.leads.get(leadId);
    const end = endWithoutMail(recipient, lead, situation);
    if (end || !lead) {
      settled.push({ leadId, mailId: before?.id ?? null, ...(end ?? archived) });
      continue;
    }
    if (before) continue;
    const mail = await write(lead, recipient.address);
    if ("problem" in mail) settled.push({ leadId, mailId: null, status: "failed", reason: mail.problem });
    else inserts.push(mail.insert);
  }
  const [first, ...others] = inserts;
  if (first) await ctx.db.batch([first, ...others]);
  const known = first ? await findMails(ctx, campaign, pending) : situation.written;
  const done = new Set(settled.map(({ leadId }) => leadId));
  const written = pending.flatMap(({ leadId }): Written[] => {
    const mail = known.get(leadId);
    return mail && !done.has(leadId) ? [{ leadId, mail }] : [];
  });
  return { written, settled };
}

type Situation = {
  leads: Map<string, LeadRow>;
  written: Map<string, MailRow>;
  suppressed: Map<string, string>;
  /** Addresses that a contact wants no mail at, whichever lead it is written to for. */
  denied: Set<string>;
};

const archived = { status: "cancelled", reason: "The lead is archived" } as const;

function endWithoutMail(
  { address }: Pending,
  lead: LeadRow | undefined,
  { suppressed, denied }: Situation,
): Pick<Settled, "status" | "reason"> | null {
  if (!lead) return archived;
  const reason = suppressed.get(address) ?? (denied.has(address) ? "consent denied" : undefined);
  return reason === undefined ? null : { status: "suppressed", reason };
}

function writer(ctx: Context, campaign: CampaignRow, { property, companyName }: Stationery) {
  const letter = { ...campaign, content: campaign.templateContent };
  const compose = compileLetter(letter);
  return async (lead: LeadRow, address: string) => {
    const id = ctx.newId();
    const { footer, headers } = await unsubscribeParts(ctx, property, id);
    try {
      const composed = compose({ ...campaign.variables, ...valuesOf(lead, property, companyName) }, footer);
      return mailInsert(ctx, {
        id,
        kind: "campaign",
        campaignId: campaign.id,
        dedupeKey: dedupeKeyOf(campaign, lead.id),
        to: { address, name: nameOf(lead) },
        ...composed,
        propertyId: property.id,
        fromName: property.name,
        replyTo: property.email,
        headers,
      });
    } catch (error) {
      if (error instanceof Unfillable) return { problem: error.message };
      throw error;
    }
  };
}

async function readSituation(ctx: Context, campaign: CampaignRow, pending: Pending[]): Promise<Situation> {
  const ids = JSON.stringify(pending.map(({ leadId }) => leadId));
  const addresses = JSON.stringify(pending.map(({ address }) => address));
  const isListed = sql`${leads.id} in (select value from json_each(${ids}))`;
  const s = emailSuppressions;
  const [found, suppressions, denials] = await ctx.db.batch([
    ctx.db
      .select()
      .from(leads)
      .where(and(eq(leads.companyId, ctx.companyId), isListed, isNull(leads.deletedAt))),
    ctx.db
      .select({ address: s.address, reason: s.reason })
      .from(s)
      .where(
        and(
          eq(s.companyId, ctx.companyId),
          sql`${s.address} in (select value from json_each(${addresses}))`,
          isNull(s.deletedAt),
        ),
      ),
    ctx.db
      .select({ address: sql<string>`lower(e.value->>'value')` })
      .from(contacts)
      .innerJoin(sql`json_each(${contacts.emails}) e`, sql`e.value->>'consent' = 'denied'`)
      .where(
        and(
          eq(contacts.companyId, ctx.companyId),
          sql`${contacts.id} in (
            select k.contact_id from ${contactKeys} k where k.company_id = ${ctx.companyId} and k.kind = 'email'
              and k.key in (select value from json_each(${addresses}))
            union select l.contact_id from ${leads} l where l.company_id = ${ctx.companyId}
              and l.id in (select value from json_each(${ids})))`,
        ),
      ),
  ]);
  return {
    leads: new Map(found.map((lead) => [lead.id, lead])),
    written: await findMails(ctx, campaign, pending),
    suppressed: new Map(suppressions.map(({ address, reason }) => [address, reason.replace("_", " ")])),
    denied: new Set(denials.map(({ address }) => address)),
  };
}

/** The mails written to these recipients, by lead. */
async function findMails(
  ctx: Context,
  campaign: CampaignRow,
  pending: Pending[],
): Promise<Map<string, MailRow>> {
  const byKey = new Map(pending.map(({ leadId }) => [dedupeKeyOf(campaign, leadId), leadId]));
  const keys = JSON.stringify([...byKey.keys()]);
  const rows = await ctx.db
    .select()
    .from(mails)
    .where(
      and(
        eq(mails.companyId, ctx.companyId),
        sql`${mails.dedupeKey} in (select value from json_each(${keys}))`,
      ),
    );
  return new Map(rows.map((mail) => [byKey.get(mail.dedupeKey) ?? "", mail]));
}

function dedupeKeyOf({ id }: CampaignRow, leadId: string): string {
  return `email_campaign:${id}:${leadId}`;
}
