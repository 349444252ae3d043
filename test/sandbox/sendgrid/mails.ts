import type { MailSend } from "./mail-send.ts";

export type SentMail = { id: string; at: string; to: string[]; mail: MailSend };

export function keepMail(sql: SqlStorage, id: string, mail: MailSend): void {
  const everyone = mail.personalizations.flatMap(({ to, cc, bcc }) => [...to, ...(cc ?? []), ...(bcc ?? [])]);
  sql.exec(
    "INSERT INTO mails (id, at, recipients, mail) VALUES (?, ?, ?, ?)",
    id,
    new Date().toISOString(),
    JSON.stringify([...new Set(everyone.map(({ email }) => email))]),
    JSON.stringify(mail),
  );
}

/** Oldest first; with an address, only what was sent to it. */
export function listMails(sql: SqlStorage, to?: string): SentMail[] {
  return sql
    .exec<{ id: string; at: string; recipients: string; mail: string }>(
      "SELECT * FROM mails ORDER BY at, rowid",
    )
    .toArray()
    .map(({ id, at, recipients, mail }) => ({
      id,
      at,
      to: JSON.parse(recipients) as string[],
      mail: JSON.parse(mail) as MailSend,
    }))
    .filter((mail) => !to || mail.to.some((address) => address.toLowerCase() === to.toLowerCase()));
}

/** The mails that carry this custom argument, as the Email Activity Feed finds them. */
export function findByArgument(sql: SqlStorage, name: string, value: string): SentMail[] {
  return listMails(sql).filter(({ mail }) =>
    [mail, ...mail.personalizations].some(({ custom_args }) => custom_args?.[name] === value),
  );
}
