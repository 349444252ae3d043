import { and, eq, inArray, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import type { suppressionReasons } from "../../db/schema/email.ts";
import {
  emailCampaignRecipients,
  emailDrafts,
  emailSuppressions,
  mailEvents,
} from "../../db/schema/email.ts";
import { mails } from "../../db/schema/outgoing.ts";
import type { MailEvent, MailEventType } from "../../integrations/sendgrid/events.ts";

type Reason = (typeof suppressionReasons)[number];

export type KnownMail = {
  id: string;
  toAddress: string;
  subject: string;
  propertyId: string | null;
  draft: { id: string; leadId: string; status: string; version: number } | null;
};

/** The company's mails among those the events name, by id. */
export async function findKnownMails(ctx: Context, events: MailEvent[]): Promise<Map<string, KnownMail>> {
  const ids = [...new Set(events.map(({ mailId }) => mailId))];
  const d = emailDrafts;
  const rows = await ctx.db
    .select({
      id: mails.id,
      toAddress: mails.toAddress,
      subject: mails.subject,
      propertyId: mails.propertyId,
      draft: { id: d.id, leadId: d.leadId, status: d.status, version: d.version },
    })
    .from(mails)
    .leftJoin(d, and(eq(d.companyId, mails.companyId), eq(d.mailId, mails.id)))
    .where(and(eq(mails.companyId, ctx.companyId), isOneOf(mails.id, ids)));
  return new Map(rows.map((mail) => [mail.id, mail]));
}

/** Suppresses the addresses of events that end them, unless the event was told before. */
export function suppressNew(ctx: Context, events: MailEvent[], known: Map<string, KnownMail>) {
  const rows = events.flatMap(({ eventId, mailId, type, isFinal }) => {
    const mail = known.get(mailId);
    const reason = reasons[type];
    return mail && isFinal && reason
      ? [[ctx.newId(), mail.toAddress.toLowerCase(), reason, mailId, eventId]]
      : [];
  });
  return ctx.db
    .insert(emailSuppressions)
    .select(
      sql`select value->>0, ${ctx.companyId}, value->>1, value->>2, null, value->>3, ${ctx.now().getTime()}, null
        from json_each(${JSON.stringify(rows)})
        where not exists (select 1 from ${mailEvents} known
          where known.company_id = ${ctx.companyId} and known.event_id = value->>4)`,
    )
    .onConflictDoNothing();
}

const reasons: Partial<Record<MailEventType, Reason>> = {
  bounce: "bounce",
  dropped: "dropped",
  spamreport: "spam_report",
  unsubscribe: "unsubscribe",
};

/** Keeps the events that are news. Their times are moved to the company's clock, as all times of its mails are. */
export function keepNew(ctx: Context, events: MailEvent[]) {
  const rows = events.map(({ eventId, mailId, type, at, detail }) => [
    eventId,
    mailId,
    type,
    at.getTime() + ctx.clockOffsetMs,
    detail,
  ]);
  return ctx.db
    .insert(mailEvents)
    .select(
      sql`select ${ctx.companyId}, value->>0, value->>1, value->>2, value->>3, value->>4
        from json_each(${JSON.stringify(rows)}) where true`,
    )
    .onConflictDoNothing();
}

/** Draws from all events what became of these mails, and of the drafts and recipients that were taken for failed. */
export function drawFates(ctx: Context, ids: string[]) {
  const first = (...types: MailEventType[]) => sql`(select min(e.at) from ${mailEvents} e
    where e.company_id = ${mails.companyId} and e.mail_id = ${mails.id} and ${isOneOf(sql.raw("e.type"), types)})`;
  const bounceDetail = sql`(select e.detail from ${mailEvents} e
    where e.company_id = ${mails.companyId} and e.mail_id = ${mails.id} and e.type in ('bounce', 'dropped')
    order by e.at limit 1)`;
  const anyEvent = sql`(select min(e.at) from ${mailEvents} e
    where e.company_id = ${mails.companyId} and e.mail_id = ${mails.id})`;
  const sentAt = sql`(select m.sent_at from ${mails} m where m.id = ${emailDrafts.mailId})`;
  const r = emailCampaignRecipients;
  return [
    ctx.db
      .update(mails)
      .set({
        status: "sent",
        error: null,
        heldUntil: null,
        sentAt: sql`coalesce(${mails.sentAt}, ${anyEvent})`,
        deliveredAt: first("delivered"),
        openedAt: first("open"),
        clickedAt: first("click"),
        bouncedAt: first("bounce", "dropped"),
        bounceReason: bounceDetail,
        complainedAt: first("spamreport"),
        unsubscribedAt: sql`coalesce(${mails.unsubscribedAt}, ${first("unsubscribe")})`,
      })
      .where(and(eq(mails.companyId, ctx.companyId), isOneOf(mails.id, ids))),
    ctx.db
      .update(emailDrafts)
      .set({
        status: "sent",
        sentAt,
        error: null,
        version: sql`${emailDrafts.version} + 1`,
        updatedAt: ctx.now(),
      })
      .where(
        and(
          eq(emailDrafts.companyId, ctx.companyId),
          isOneOf(emailDrafts.mailId, ids),
          inArray(emailDrafts.status, ["scheduled", "failed"]),
        ),
      ),
    ctx.db
      .update(r)
      .set({ status: "sent", reason: null })
      .where(and(eq(r.companyId, ctx.companyId), isOneOf(r.mailId, ids), eq(r.status, "failed"))),
  ] as const;
}

function isOneOf(column: unknown, values: string[]) {
  return sql`${column} in (select value from json_each(${JSON.stringify(values)}))`;
}
