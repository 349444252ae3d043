import { and, eq, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError, invalidFields } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { hashPassword, passwordMatches } from "../../core/passwords.ts";
import { only } from "../../core/scope.ts";
import { accounts } from "../../db/schema/companies.ts";
import { closeLinks, endSessions } from "./end-sessions.ts";
import { requireGoodPassword } from "./new-password.ts";
import { ownAccount } from "./own-account.ts";

/** Changes one's own password; every other session and every link that was sent end with the old one. */
export async function changePassword(ctx: Context, current: string, wanted: string): Promise<void> {
  const { account, sessionId } = ownAccount(ctx);
  const own = eq(accounts.id, account.id);
  const { passwordHash: before } = only(
    await ctx.db.select({ passwordHash: accounts.passwordHash }).from(accounts).where(own),
    "Account",
  );
  if (!(await passwordMatches(before, current))) throw wrongPassword();
  requireGoodPassword("new_password", wanted);
  if (wanted === current)
    throw invalidFields([{ field: "new_password", message: "must differ from the current one" }]);
  const passwordHash = await hashPassword(wanted);
  const now = new Date();
  await commitChange(
    ctx,
    [
      // Of two changes at once the second has an old password by then.
      ctx.db
        .update(accounts)
        .set({ passwordHash, updatedAt: now, version: sql`${accounts.version} + 1` })
        .where(and(own, eq(accounts.passwordHash, before))),
      endSessions(ctx.db, account.id, now, sessionId),
      closeLinks(ctx.db, account.id, now),
      audit(ctx, { action: "change_password", recordType: "account", recordId: account.id }),
    ],
    [],
    wrongPassword,
  );
}

function wrongPassword(): AppError {
  return new AppError("FORBIDDEN", "The current password is not right");
}
