import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import { AppError } from "../../core/errors.ts";
import { hashPassword } from "../../core/passwords.ts";
import { startContext } from "../../core/start-context.ts";
import { sha256Hex } from "../../core/tokens.ts";
import { databaseFor, type Db, openDb } from "../../db/client.ts";
import { passwordResets } from "../../db/schema/access.ts";
import { accounts } from "../../db/schema/companies.ts";
import { closeLinks, endSessions } from "./end-sessions.ts";
import type { Stranger } from "./forgot-password.ts";
import { requireGoodPassword } from "./new-password.ts";

/** Sets the password of whoever got the link and ends every session. The link is spent first: it never works twice. */
export async function resetPassword(stranger: Stranger, token: string, password: string): Promise<void> {
  requireGoodPassword("password", password);
  const handle = databaseFor(stranger.env, "").withSession("first-primary");
  const db = openDb(handle);
  const now = new Date((stranger.parts.now ?? Date.now)());
  const account = await spend(db, await sha256Hex(token), now);
  const passwordHash = await hashPassword(password);
  const ctx = startContext({
    ...stranger,
    companyId: account.companyId ?? "",
    clockOffsetMs: 0,
    actor: { kind: "system", id: "reset-password", name: "Password link" },
    handle,
  });
  await db.batch([
    db
      .update(accounts)
      .set({ passwordHash, updatedAt: now, version: sql`${accounts.version} + 1` })
      .where(eq(accounts.id, account.id)),
    endSessions(db, account.id, now),
    closeLinks(db, account.id, now),
    audit(ctx, { action: "reset_password", recordType: "account", recordId: account.id }),
  ]);
}

async function spend(db: Db, hash: string, now: Date): Promise<{ id: string; companyId: string | null }> {
  const link = eq(passwordResets.hash, hash);
  const [spent] = await db
    .update(passwordResets)
    .set({ usedAt: now })
    .where(and(link, isNull(passwordResets.usedAt), gt(passwordResets.expiresAt, now)))
    .returning({ accountId: passwordResets.accountId });
  if (!spent) throw await refusalOf(db, hash);
  const [account] = await db
    .select({ id: accounts.id, companyId: accounts.companyId })
    .from(accounts)
    .where(and(eq(accounts.id, spent.accountId), isNull(accounts.deletedAt), isNull(accounts.disabledAt)));
  if (!account) throw unknownLink();
  return account;
}

async function refusalOf(db: Db, hash: string): Promise<AppError> {
  const [known] = await db
    .select({ usedAt: passwordResets.usedAt })
    .from(passwordResets)
    .where(eq(passwordResets.hash, hash));
  if (known?.usedAt === null)
    return new AppError("TOKEN_EXPIRED", "The link has expired; ask for another one");
  return unknownLink();
}

function unknownLink(): AppError {
  return new AppError("INVALID_TOKEN", "The link is not valid any more; ask for another one");
}
