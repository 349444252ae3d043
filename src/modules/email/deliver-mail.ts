import { and, eq, inArray, isNull, lte, or } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { mails } from "../../db/schema/outgoing.ts";
import type { SendgridAccess } from "../../integrations/sendgrid/client.ts";
import { findSendgridAccess } from "../companies/vendor-access.ts";
import { handOver, holdMs, InHand, isFailure, type Verdict } from "./hand-over.ts";
import type { MailRow } from "./queue-mail.ts";
import { findSender, type Sender } from "./senders.ts";

/**
 * Sends a queued mail, or keeps it for reading where the company has no vendor. After a try that ended without an
 * answer the vendor is asked whether it has the mail before it gets it again. Throws the vendor's UpstreamError,
 * Undecided where nobody can tell whether the mail has left, or InHand; the caller decides whether to come back.
 */
export async function deliverMail(ctx: Context, mailId: string): Promise<void> {
  const mail = await findMail(ctx, mailId);
  if (!mail || !isWaiting(mail)) return;
  const [verdict] = await deliverTogether(ctx, await findRoute(ctx, mail.propertyId), [mail]);
  if (verdict && isFailure(verdict)) throw verdict.error;
}

/** Who carries a property's mails, null where the company has no vendor, and in whose name. */
export type Route = { access: SendgridAccess | null; sender: Sender | null };

export async function findRoute(ctx: Context, propertyId: string | null): Promise<Route> {
  const [access, sender] = await Promise.all([findSendgridAccess(ctx), findSender(ctx, propertyId)]);
  return { access, sender };
}

/** Sends a handful of mails of one property at once, each claimed before it is handed over. Says what became of each. */
export async function deliverTogether(ctx: Context, route: Route, found: MailRow[]): Promise<Verdict[]> {
  const waiting = found.filter(isWaiting).map((mail) => inNameOf(mail, route.sender));
  const { access } = route;
  if (!access) return keep(ctx, waiting);
  const claimed = await claim(ctx, waiting);
  const handed = waiting.filter(({ id }) => claimed.has(id)).map((mail) => handOver(access, mail));
  const verdicts = await Promise.all(handed);
  await record(ctx, verdicts);
  const busy = waiting.filter(({ id }) => !claimed.has(id));
  return [
    ...verdicts,
    ...busy.map(({ id }): Verdict => ({ mailId: id, outcome: "busy", error: new InHand() })),
  ];
}

/** Gives a mail up, as a statement for the batch that parks its work. */
export function failMail(ctx: Context, mailId: string, reason: string) {
  return ctx.db
    .update(mails)
    .set({ status: "failed", error: reason, heldUntil: null })
    .where(
      and(
        eq(mails.companyId, ctx.companyId),
        eq(mails.id, mailId),
        inArray(mails.status, ["queued", "sending"]),
      ),
    );
}

export async function findMail(ctx: Context, id: string): Promise<MailRow | null> {
  const [mail] = await ctx.db
    .select()
    .from(mails)
    .where(and(eq(mails.companyId, ctx.companyId), eq(mails.id, id)));
  return mail ?? null;
}

function isWaiting(mail: MailRow): boolean {
  return mail.status === "queued" || mail.status === "sending";
}

function inNameOf(mail: MailRow, sender: Sender | null): MailRow {
  if (!sender) return mail;
  const { fromAddress, fromName, replyTo } = sender;
  return { ...mail, fromAddress, fromName: fromName ?? mail.fromName, replyTo: replyTo ?? mail.replyTo };
}

async function keep(ctx: Context, waiting: MailRow[]): Promise<Verdict[]> {
  const [first, ...others] = waiting.map((mail) =>
    ctx.db
      .update(mails)
      .set({ ...nameOn(mail), status: "kept", error: null })
      .where(as(ctx, mail)),
  );
  if (first) await ctx.db.batch([first, ...others]);
  return waiting.map((mail) => ({ mailId: mail.id, outcome: "kept" }));
}

/** The mails nobody else has in hand or has moved on since they were read. */
async function claim(ctx: Context, waiting: MailRow[]): Promise<Set<string>> {
  const now = Date.now();
  const isFree = or(isNull(mails.heldUntil), lte(mails.heldUntil, new Date(now)));
  const [first, ...others] = waiting.map((mail) =>
    ctx.db
      .update(mails)
      .set({ ...nameOn(mail), status: "sending", heldUntil: new Date(now + holdMs(mail)) })
      .where(and(as(ctx, mail), isFree))
      .returning({ id: mails.id }),
  );
  if (!first) return new Set();
  const claims = await ctx.db.batch([first, ...others]);
  return new Set(claims.flat().map((row) => row.id));
}

function nameOn({ fromAddress, fromName, replyTo }: MailRow) {
  return { fromAddress, fromName, replyTo };
}

/** The mail, as long as it is as it was read. */
function as(ctx: Context, mail: MailRow) {
  return and(eq(mails.companyId, ctx.companyId), eq(mails.id, mail.id), eq(mails.status, mail.status));
}

async function record(ctx: Context, verdicts: Verdict[]): Promise<void> {
  const [first, ...others] = verdicts
    .filter((verdict) => verdict.outcome !== "busy")
    .map((verdict) =>
      ctx.db
        .update(mails)
        .set(afterwards(ctx, verdict))
        // News of the vendor may have been faster than its answer.
        .where(
          and(eq(mails.companyId, ctx.companyId), eq(mails.id, verdict.mailId), eq(mails.status, "sending")),
        ),
    );
  if (first) await ctx.db.batch([first, ...others]);
}

function afterwards(ctx: Context, verdict: Verdict): Partial<MailRow> {
  switch (verdict.outcome) {
    case "sent":
      return {
        status: "sent",
        error: null,
        heldUntil: null,
        sentAt: ctx.now(),
        ...(verdict.messageId ? { vendorMessageId: verdict.messageId } : {}),
      };
    case "refused":
      return { status: "queued", error: sayingOf(verdict.error), heldUntil: null };
    case "unknown": {
      const heldUntil = verdict.waitMs === 0 ? null : new Date(Date.now() + verdict.waitMs);
      return { status: "sending", error: sayingOf(verdict.error), heldUntil };
    }
    case "undecided":
      return { status: "failed", error: verdict.error.message, heldUntil: null };
    case "kept":
    case "busy":
      return {};
  }
}

function sayingOf({ status, publicMessage }: { status: number | null; publicMessage: string }): string {
  return status === null ? publicMessage : `${publicMessage} (${status})`;
}
