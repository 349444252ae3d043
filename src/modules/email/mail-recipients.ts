import { and, eq, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { Context } from "../../core/context.ts";
import { emailCampaignRecipients } from "../../db/schema/email.ts";
import { mails } from "../../db/schema/outgoing.ts";
import { UpstreamError } from "../../integrations/vendor.ts";
import type { CampaignRow } from "./campaign-queries.ts";
import { deliverTogether, findRoute } from "./deliver-mail.ts";
import { InHand, isFailure, type Verdict } from "./hand-over.ts";
import type { MailRow } from "./queue-mail.ts";
import { whyNoVendor } from "./require-vendor.ts";
import type { Recipient } from "./recipient-queries.ts";
import { writeCampaignMails } from "./write-campaign-mails.ts";

/** Calls to the vendor that run side by side. */
const atOnce = 5;
/** After this no further mail is begun: with the longest calls still open the page ends before its lease. */
const budgetMs = 25_000;

/** So many mails refused and none taken: the fault lies not with their recipients. */
const suspicious = 20;

export type Settled = Pick<Recipient, "leadId" | "status" | "reason" | "mailId">;

/** Why a page does not go on: nothing helps but a person, or it is to be tried again. */
export type Trouble = { kind: "stop"; reason: string } | { kind: "again"; error: Error };

/**
 * Writes to a page of recipients and hands their mails over. Answers the statements that settle those who are
 * done; the others stay pending. A page that failed before begins with one mail alone, to see whether the vendor
 * is well again.
 */
export async function mailRecipients(
  ctx: Context,
  campaign: CampaignRow,
  pending: Pick<Recipient, "leadId" | "address">[],
  isRetry: boolean,
): Promise<{ statements: BatchItem<"sqlite">[]; trouble: Trouble | null }> {
  const route = await findRoute(ctx, campaign.propertyId);
  const missing = route.access ? null : await whyNoVendor(ctx);
  if (missing !== null) return { statements: [], trouble: { kind: "stop", reason: missing } };
  const { written, settled } = await writeCampaignMails(ctx, campaign, pending);
  const until = Date.now() + budgetMs;
  const refused: Settled[] = [];
  let sent = 0;
  let trouble: Trouble | null = null;
  let next = 0;
  while (next < written.length && trouble === null && Date.now() < until) {
    const size = isRetry && next === 0 ? 1 : atOnce;
    const chunk = written.slice(next, next + size);
    const verdicts = await deliverTogether(
      ctx,
      route,
      chunk.map(({ mail }) => mail),
    );
    for (const { leadId, mail } of chunk) {
      const verdict = verdicts.find(({ mailId }) => mailId === mail.id);
      const end = verdict ? endOf(verdict) : endedBefore(mail);
      if (end) (verdict?.outcome === "refused" ? refused : settled).push({ leadId, mailId: mail.id, ...end });
      if (end?.status === "sent") sent += 1;
    }
    trouble = verdicts.map(troubleOf).find((found) => found !== null) ?? null;
    next += size;
  }
  if (sent === 0 && refused.length >= suspicious)
    trouble = { kind: "stop", reason: `SendGrid takes none of the mails: ${refused[0]?.reason}` };
  else settled.push(...refused);
  // A mail that somebody else has in hand keeps nobody waiting but a page of such mails.
  if (trouble === null && settled.length === 0) trouble = { kind: "again", error: new InHand() };
  return { statements: settle(ctx, campaign, settled), trouble };
}

type End = Pick<Settled, "status" | "reason">;

/** Null for a mail that may still leave. */
function endOf(verdict: Verdict): End | null {
  switch (verdict.outcome) {
    case "sent":
    case "kept":
      return { status: "sent", reason: null };
    case "undecided":
      return { status: "failed", reason: verdict.error.message };
    case "refused":
      return isItsOwnFault(verdict.error) ? { status: "failed", reason: verdict.error.message } : null;
    case "unknown":
    case "busy":
      return null;
  }
}

/** A page that broke off has sent mails that its recipients do not know of yet. */
function endedBefore({ status, error }: MailRow): End | null {
  if (status === "sent" || status === "kept") return { status: "sent", reason: null };
  return status === "failed" ? { status: "failed", reason: error } : null;
}

/** The vendor takes others' mails, not this one. */
function isItsOwnFault({ status, retryable }: UpstreamError): boolean {
  return !retryable && status !== 401 && status !== 403;
}

function troubleOf(verdict: Verdict): Trouble | null {
  if (!isFailure(verdict) || verdict.outcome === "busy" || endOf(verdict) !== null) return null;
  const { error } = verdict;
  const isStop = error instanceof UpstreamError && !error.retryable;
  return isStop
    ? { kind: "stop", reason: `SendGrid does not accept the key or the sender (${error.status})` }
    : { kind: "again", error };
}

function settle(ctx: Context, campaign: CampaignRow, settled: Settled[]): BatchItem<"sqlite">[] {
  if (settled.length === 0) return [];
  const rows = JSON.stringify(
    settled.map(({ leadId, status, reason, mailId }) => [leadId, status, reason, mailId]),
  );
  const r = emailCampaignRecipients;
  const given = settled.flatMap(({ status, mailId }) => (status !== "sent" && mailId ? [mailId] : []));
  return [
    ctx.db
      .update(r)
      .set({
        status: sql`told.value->>1`,
        reason: sql`told.value->>2`,
        mailId: sql`told.value->>3`,
        settledAt: ctx.now(),
      })
      .from(sql`json_each(${rows}) told`)
      .where(
        and(
          eq(r.companyId, ctx.companyId),
          eq(r.campaignId, campaign.id),
          sql`${r.leadId} = told.value->>0`,
          eq(r.status, "pending"),
        ),
      ),
    ctx.db
      .update(mails)
      .set({ status: "failed" })
      .where(
        and(
          eq(mails.companyId, ctx.companyId),
          sql`${mails.id} in (select value from json_each(${JSON.stringify(given)}))`,
          eq(mails.status, "queued"),
        ),
      ),
  ];
}
