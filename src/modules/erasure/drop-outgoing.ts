import type { Context } from "../../core/context.ts";
import { databaseFor } from "../../db/client.ts";
import type { Subject } from "./find-subject.ts";
import type { Blanking } from "./tally.ts";

/**
 * What is on its way, or was kept to be given again: mails to the person, outgoing work that names the person or what
 * is theirs, kept answers. It must go before the rows that say who the person is.
 */
export function dropOutgoing(ctx: Context, subject: Subject, workKey: string): Blanking[] {
  const db = databaseFor(ctx.env, ctx.companyId);
  const { companyId } = ctx;
  const emails = JSON.stringify(subject.emails);
  const { userIds, contactIds, leadIds, conversationIds, tours } = subject;
  const ids = [...userIds, ...contactIds, ...leadIds, ...conversationIds, ...tours.map(({ id }) => id)];
  const marks = JSON.stringify([...subject.words, ...ids]);
  const talkedTo = JSON.stringify([...leadIds, ...tours.map(({ id }) => `tour:${id}`)]);
  // Also those to an address that was corrected since.
  const mailed = `select id from mails where company_id = ?1 and (
    lower(to_address) in (select value from json_each(?2))
    or substr(dedupe_key, 1, 41) in (select value from json_each(?3))
    or id in (select mail_id from email_drafts where company_id = ?1 and lead_id in (select value from json_each(?3)))
    or id in (select mail_id from email_campaign_recipients
      where company_id = ?1 and lead_id in (select value from json_each(?3))))`;
  const names = (column: string) =>
    `exists (select 1 from json_each(?2) mark where instr(${column}, mark.value) > 0)`;
  const run = (kind: string, text: string, ...values: unknown[]): Blanking => ({
    kind,
    statement: db.prepare(text).bind(companyId, ...values),
  });
  return [
    run(
      "mail_events",
      `delete from mail_events where company_id = ?1 and mail_id in (${mailed})`,
      emails,
      talkedTo,
    ),
    run("mails", `delete from mails where company_id = ?1 and id in (${mailed})`, emails, talkedTo),
    run(
      "email_suppressions",
      "delete from email_suppressions where company_id = ?1 and address in (select value from json_each(?2))",
      emails,
    ),
    run(
      "outgoing_work",
      `delete from outbox where company_id = ?1 and key <> ?3 and ${names("payload")}`,
      marks,
      workKey,
    ),
    run(
      "kept_answers",
      `delete from idempotency_keys where caller >= ?1 || ':' and caller < ?1 || ';'
         and (${names("coalesce(body, '')")} or ${names("caller")})`,
      marks,
    ),
  ];
}
