import { and, eq, isNull } from "drizzle-orm";
import type { Context } from "../../../core/context.ts";
import type { Work } from "../../../core/outbox.ts";
import { accounts } from "../../../db/schema/companies.ts";
import { mailRow } from "../../email/queue-mail.ts";
import type { WebhookRow } from "./queries.ts";

export type Notice = "failing" | "recovered" | "exhausted" | "gone" | "disabled";

const mostAdmins = 20;

/**
 * The rows that tell the company's administrators by mail how a receiver fares: each thing once in a run of failures,
 * which `run` names.
 */
export async function noticeRows(ctx: Context, webhook: WebhookRow, notice: Notice, run: Date) {
  const admins = await ctx.db
    .select({ id: accounts.id, email: accounts.email, name: accounts.name })
    .from(accounts)
    .where(
      and(
        eq(accounts.companyId, ctx.companyId),
        eq(accounts.role, "company_admin"),
        isNull(accounts.deletedAt),
      ),
    )
    .limit(mostAdmins);
  const { subject, text } = wordsOf(webhook, notice);
  const mails = admins.map((admin) =>
    mailRow(ctx, {
      dedupeKey: `webhook_${notice}:${webhook.id}:${run.getTime()}:${admin.id}`,
      to: { address: admin.email, name: admin.name },
      subject,
      text,
    }),
  );
  return {
    statements: mails.map(({ insert }) => insert),
    work: mails.map(({ work }): Work => work),
  };
}

function wordsOf({ id, url }: WebhookRow, notice: Notice): { subject: string; text: string } {
  const host = new URL(url).host;
  const log = `Its deliveries: GET /api/v1/status/webhooks/${id}/deliveries`;
  const recover = `POST /api/v1/status/webhooks/${id}/recover sends what was missed.`;
  switch (notice) {
    case "failing":
      return {
        subject: `The webhook to ${host} is failing`,
        text: `${url} has refused a message four times or did not answer. We go on trying. ${log}`,
      };
    case "recovered":
      return {
        subject: `The webhook to ${host} works again`,
        text: `${url} takes messages again. ${recover}`,
      };
    case "exhausted":
      return {
        subject: `A message to ${host} was given up`,
        text: `${url} did not take a message in ten attempts over three days. ${log}. ${recover}`,
      };
    case "gone":
      return {
        subject: `The webhook to ${host} was switched off`,
        text: `${url} answered 410 Gone, which asks us never to call again. Switch it on again if that was a mistake. ${recover}`,
      };
    case "disabled":
      return {
        subject: `The webhook to ${host} was switched off`,
        text: `Nothing has got through to ${url} for five days. Switch it on again once it works. ${recover}`,
      };
  }
}
