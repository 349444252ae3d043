import { and, eq } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { notFound } from "../../core/errors.ts";
import { accounts } from "../../db/schema/companies.ts";
import { closeLinks, endSessions } from "../auth/end-sessions.ts";
import { getAccount, isLive } from "./queries.ts";
import {
  hasAnotherAdmin,
  lastAdmin,
  requireAnotherAdmin,
  requireNotAbove,
  stopsAdministering,
} from "./rank.ts";
import { auditOf } from "./update-account.ts";

/** Takes an account away for good: its address is free for another one. */
export async function archiveAccount(ctx: Context, id: string): Promise<{ id: string; deletedAt: Date }> {
  const before = await getAccount(ctx, id);
  requireNotAbove(ctx, before.role);
  const guarded = stopsAdministering(before, { disabled: true });
  if (guarded) await requireAnotherAdmin(ctx, id);
  const deletedAt = new Date();
  await commitChange(
    ctx,
    [
      ctx.db
        .update(accounts)
        .set({ deletedAt, updatedAt: deletedAt })
        .where(and(isLive(ctx), eq(accounts.id, id), guarded ? hasAnotherAdmin(ctx) : undefined)),
      endSessions(ctx.db, id, deletedAt),
      closeLinks(ctx.db, id, deletedAt),
      audit(ctx, { ...auditOf(before), action: "archive" }),
    ],
    [],
    () => (guarded ? lastAdmin() : notFound("Account")),
  );
  return { id, deletedAt };
}
