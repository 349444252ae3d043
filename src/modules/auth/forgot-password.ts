import { and, count, eq, gt, isNull } from "drizzle-orm";
import { commit } from "../../core/outbox.ts";
import { type Start, startContext } from "../../core/start-context.ts";
import { databaseFor, openDb } from "../../db/client.ts";
import { passwordResets } from "../../db/schema/access.ts";
import { accounts, companies } from "../../db/schema/companies.ts";
import { deliverMail } from "../email/deliver-mail.ts";
import { passwordLink } from "./password-link.ts";

/** What somebody brings who is not signed in. */
export type Stranger = Pick<Start, "env" | "requestId" | "log" | "waitUntil"> & {
  parts: NonNullable<Start["parts"]>;
};

const windowMs = 15 * 60_000;
/** From however many addresses somebody asks, one mailbox gets no more than this in the window. */
const mostLinks = 5;

/**
 * Mails a link to whoever has this address. To be run after the answer has left: neither its words nor its time then
 * tell whether there is such an account.
 */
export async function forgotPassword(stranger: Stranger, email: string): Promise<void> {
  const { env, parts } = stranger;
  const handle = databaseFor(env, "").withSession("first-primary");
  const now = new Date((parts.now ?? Date.now)());
  const known = await findAccount(openDb(handle), email, now);
  if (!known || known.sent >= mostLinks) return;
  const ctx = startContext({
    ...stranger,
    companyId: known.companyId ?? "",
    clockOffsetMs: known.clockOffsetMs ?? 0,
    actor: { kind: "system", id: "forgot-password", name: "Forgotten password" },
    handle,
  });
  const { statements, work } = await passwordLink(ctx, known, "reset", now);
  // Outgoing work belongs to a company; the platform's own people have none.
  if (known.companyId !== null) return void (await commit(ctx, statements, [work]));
  await ctx.db.batch(statements);
  await deliverMail(ctx, String(work.payload["mail_id"]));
}

async function findAccount(db: ReturnType<typeof openDb>, email: string, now: Date) {
  const [account] = await db
    .select({
      id: accounts.id,
      name: accounts.name,
      email: accounts.email,
      companyId: accounts.companyId,
      clockOffsetMs: companies.clockOffsetMs,
    })
    .from(accounts)
    .leftJoin(companies, eq(companies.id, accounts.companyId))
    .where(
      and(
        eq(accounts.email, email),
        isNull(accounts.deletedAt),
        isNull(accounts.disabledAt),
        isNull(companies.deletedAt),
      ),
    );
  if (!account) return null;
  const [links] = await db
    .select({ sent: count() })
    .from(passwordResets)
    .where(
      and(
        eq(passwordResets.accountId, account.id),
        gt(passwordResets.createdAt, new Date(now.getTime() - windowMs)),
      ),
    );
  return { ...account, sent: links?.sent ?? 0 };
}
