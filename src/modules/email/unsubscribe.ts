import { and, eq, isNull, sql } from "drizzle-orm";
import { configOf } from "../../core/config.ts";
import type { Context, Parts } from "../../core/context.ts";
import { audit } from "../../core/audit.ts";
import { commit } from "../../core/outbox.ts";
import { systemContext } from "../../core/start-context.ts";
import { emailCampaignRecipients } from "../../db/schema/email.ts";
import { mails } from "../../db/schema/outgoing.ts";
import { findMail } from "./deliver-mail.ts";
import { suppressionInsert } from "./suppressions.ts";
import { readUnsubscribeToken } from "./unsubscribe-token.ts";
import { isMailable } from "./why-not-write.ts";

/** What a caller without a session brings along. */
export type UnsubscribeDoor = {
  env: Env;
  token: string;
  parts: Parts;
  waitUntil: (work: Promise<unknown>) => void;
};

/** The address a link stands for, changing nothing; null for a link that is not ours. */
export async function whoseLink(door: UnsubscribeDoor): Promise<string | null> {
  return (await open(door))?.address ?? null;
}

/** Ends campaign mail for the address a link stands for, once or again. Null for a link that is not ours. */
export async function unsubscribe(door: UnsubscribeDoor): Promise<string | null> {
  const found = await open(door);
  if (!found) return null;
  const { ctx, mailId, address, isFirst } = found;
  const { id, insert } = suppressionInsert(ctx, { address, reason: "unsubscribe", mailId });
  await commit(ctx, [
    insert.onConflictDoNothing(),
    ctx.db
      .update(mails)
      .set({ unsubscribedAt: sql`coalesce(${mails.unsubscribedAt}, ${ctx.now().getTime()})` })
      .where(and(eq(mails.companyId, ctx.companyId), eq(mails.id, mailId), isNull(mails.unsubscribedAt))),
    ...(isFirst
      ? [audit(ctx, { action: "unsubscribe", recordType: "email_suppression", recordId: id, after: mailId })]
      : []),
  ]);
  return address;
}

async function open({ env, token, parts, waitUntil }: UnsubscribeDoor) {
  const claims = await readUnsubscribeToken(configOf(env), token);
  const ctx = claims && (await systemContext(env, claims.companyId, "unsubscribe", waitUntil, parts));
  if (!ctx) return null;
  const { mailId } = claims;
  const mail = await findMail(ctx, mailId);
  if (mail) return { ctx, mailId, address: mail.toAddress, isFirst: mail.unsubscribedAt === null };
  const address = await addressWrittenTo(ctx, mailId);
  return address === null ? null : { ctx, mailId, address, isFirst: true };
}

/** A company may keep its mails for a short time only; their links go on working. */
async function addressWrittenTo(ctx: Context, mailId: string): Promise<string | null> {
  const r = emailCampaignRecipients;
  const [recipient] = await ctx.db
    .select({ address: r.address })
    .from(r)
    .where(and(eq(r.companyId, ctx.companyId), eq(r.mailId, mailId)));
  return recipient && isMailable(recipient.address) ? recipient.address : null;
}
