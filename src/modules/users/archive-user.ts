import { and, count, eq, inArray, isNull } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError, notFound } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { conversations, leads } from "../../db/schema/conversations.ts";
import { tours } from "../../db/schema/tours.ts";
import { users } from "../../db/schema/users.ts";
import { liveStatuses } from "../tours/tour-places.ts";
import { visible } from "./queries.ts";
import { getWritableUser } from "./require-writable-user.ts";

/** Archives a user without conversations, leads and tours to come. The visitor's token opens nothing any more. */
export async function archiveUser(ctx: Context, id: string): Promise<{ id: string; deletedAt: Date }> {
  const before = await getWritableUser(ctx, id);
  await refuseWithChildren(ctx, before.companyId, id);
  const deletedAt = ctx.now();
  await commitChange(
    ctx,
    [
      ctx.db
        .update(users)
        .set({ deletedAt, updatedAt: deletedAt })
        .where(and(visible(ctx), eq(users.id, id))),
      audit(ctx, {
        action: "archive",
        recordType: "user",
        recordId: id,
        companyId: before.companyId,
        before,
      }),
    ],
    [],
    () => notFound("User"),
  );
  return { id, deletedAt };
}

async function refuseWithChildren(ctx: Context, companyId: string, id: string): Promise<void> {
  const [[open], [interested], [coming]] = await ctx.db.batch([
    ctx.db
      .select({ conversations: count() })
      .from(conversations)
      .where(
        and(
          eq(conversations.companyId, companyId),
          eq(conversations.userId, id),
          isNull(conversations.deletedAt),
        ),
      ),
    ctx.db
      .select({ leads: count() })
      .from(leads)
      .where(and(eq(leads.companyId, companyId), eq(leads.userId, id), isNull(leads.deletedAt))),
    ctx.db
      .select({ tours: count() })
      .from(tours)
      .where(
        and(
          eq(tours.companyId, companyId),
          eq(tours.userId, id),
          inArray(tours.status, [...liveStatuses]),
          isNull(tours.deletedAt),
        ),
      ),
  ]);
  const left = { conversations: 0, leads: 0, tours: 0, ...open, ...interested, ...coming };
  if (left.conversations + left.leads + left.tours > 0)
    throw new AppError("CONFLICT", "The user still has live conversations, leads or tours", left);
}
