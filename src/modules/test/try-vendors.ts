import { and, asc, eq, isNull } from "drizzle-orm";
import type { Context, Parts } from "../../core/context.ts";
import { AppError, notFound } from "../../core/errors.ts";
import { systemContext } from "../../core/start-context.ts";
import { databaseFor, openDb } from "../../db/client.ts";
import { companies } from "../../db/schema/companies.ts";
import { UpstreamError } from "../../integrations/vendor.ts";
import { testIntegration } from "../companies/test-integration.ts";
import { deliverMail, findMail } from "../email/deliver-mail.ts";
import { mailInsert } from "../email/queue-mail.ts";
import { refusalOfTarget } from "../status/webhooks/check-target.ts";
import { sendAttempt } from "../status/webhooks/send-attempt.ts";
import { newSecret } from "../status/webhooks/webhook-secret.ts";

/** The system at work in a sandbox company: the one named, else the oldest. */
export async function companyContext(
  env: Env,
  companyId: string | undefined,
  waitUntil: (work: Promise<unknown>) => void,
  parts: Parts,
): Promise<Context> {
  const [company] = await openDb(databaseFor(env, companyId ?? ""))
    .select({ id: companies.id })
    .from(companies)
    .where(
      and(
        companyId === undefined ? undefined : eq(companies.id, companyId),
        eq(companies.isSandbox, true),
        isNull(companies.deletedAt),
      ),
    )
    .orderBy(asc(companies.createdAt), asc(companies.id))
    .limit(1);
  const ctx = company && (await systemContext(env, company.id, "test", waitUntil, parts));
  if (!ctx) throw notFound("Company");
  return ctx;
}

export function tryResman(ctx: Context) {
  return testIntegration(ctx, ctx.companyId, { vendor: "resman" });
}

/** Signs a message with a secret of the moment and delivers it to the sandbox's sink, the way receivers are called. */
export async function tryWebhook(ctx: Context) {
  const { SANDBOX_ORIGIN } = ctx.config;
  if (SANDBOX_ORIGIN === undefined) throw new AppError("CONFLICT", "There is no sandbox to deliver to");
  const id = ctx.newId();
  const url = `${SANDBOX_ORIGIN}/sink/test/${id}`;
  const refusal = await refusalOfTarget(ctx, url);
  if (refusal !== null) throw new AppError("CONFLICT", `The sandbox's URL ${refusal}`);
  const timestamp = new Date().toISOString();
  const body = JSON.stringify({ event: "test", timestamp, data: { company_id: ctx.companyId } });
  const endpoint = { url, headers: {}, secrets: [newSecret()] };
  const attempt = await sendAttempt(ctx.fetch, endpoint, { id, body }, new Date());
  return { id, url, ...attempt };
}

/** Sends a mail the usual way and says what became of it: `kept` where the company has no mail vendor. */
export async function tryMail(ctx: Context, to: string) {
  const startedAt = Date.now();
  const { id, insert } = mailInsert(ctx, {
    dedupeKey: `test:${ctx.newId()}`,
    to: { address: to },
    subject: "A test mail",
    text: "This mail was sent to see whether mail leaves.",
    kind: "test",
  });
  await insert;
  const problem = await deliverMail(ctx, id).then(
    () => null,
    (error: unknown) => {
      if (error instanceof UpstreamError) return error.publicMessage;
      throw error;
    },
  );
  const mail = await findMail(ctx, id);
  const status = mail?.status ?? "failed";
  return {
    id,
    status,
    ok: status === "sent" || status === "kept",
    problem,
    latencyMs: Date.now() - startedAt,
  };
}
