import { and, eq, isNull, sql } from "drizzle-orm";
import { configOf } from "../../core/config.ts";
import type { Parts } from "../../core/context.ts";
import { audit } from "../../core/audit.ts";
import { commit } from "../../core/outbox.ts";
import { systemContext } from "../../core/start-context.ts";
import { mails } from "../../db/schema/outgoing.ts";
import { findMail } from "./deliver-mail.ts";
import { suppressionInsert } from "./suppressions.ts";
import { readUnsubscribeToken } from "./unsubscribe-token.ts";

/** What a caller without a session brings along. */
export type UnsubscribeDoor = {
  env: Env;
  token: string;
  parts: Parts;
  waitUntil: (work: Promise<unknown>) => void;
};

/** The address a link stands for, changing nothing; null for a link that is not ours. */
export async function whoseLink(door: UnsubscribeDoor): Promise<string | null> {
  return (await open(door))?.mail.toAddress ?? null;
}

/** Ends campaign mail for the address a link stands for, once or again. Null for a link that is not ours. */
export async function unsubscribe(door: UnsubscribeDoor): Promise<string | null> {
  const found = await open(door);
  if (!found) return null;
  const { ctx, mail } = found;
  const { id, insert } = suppressionInsert(ctx, {
    address: mail.toAddress,
    reason: "unsubscribe",
    mailId: mail.id,
  });
  const isFirst = mail.unsubscribedAt === null;
  await commit(ctx, [
    insert.onConflictDoNothing(),
    ctx.db
      .update(mails)
      .set({ unsubscribedAt: sql`coalesce(${mails.unsubscribedAt}, ${ctx.now().getTime()})` })
      .where(and(eq(mails.companyId, ctx.companyId), eq(mails.id, mail.id), isNull(mails.unsubscribedAt))),
    ...(isFirst
      ? [audit(ctx, { action: "unsubscribe", recordType: "email_suppression", recordId: id, after: mail.id })]
      : []),
  ]);
  return mail.toAddress;
}

async function open({ env, token, parts, waitUntil }: UnsubscribeDoor) {
  const claims = await readUnsubscribeToken(configOf(env), token);
  const ctx = claims && (await systemContext(env, claims.companyId, "unsubscribe", waitUntil, parts));
  const mail = ctx && (await findMail(ctx, claims.mailId));
  return mail ? { ctx, mail } : null;
}
