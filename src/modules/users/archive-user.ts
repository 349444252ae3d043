import { and, eq, inArray, isNull } from "drizzle-orm";
import { commitArchive } from "../../core/archive.ts";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { conversations, leads } from "../../db/schema/conversations.ts";
import { tours } from "../../db/schema/tours.ts";
import { users } from "../../db/schema/users.ts";
import { liveStatuses } from "../tours/tour-places.ts";
import { visible } from "./queries.ts";
import { getWritableUser } from "./require-writable-user.ts";

/** Archives a user without conversations, leads and tours to come. The visitor's token opens nothing any more. */
export async function archiveUser(ctx: Context, id: string): Promise<{ id: string; deletedAt: Date }> {
  const before = await getWritableUser(ctx, id);
  const { companyId } = before;
  const itself = and(visible(ctx), eq(users.id, id));
  const deletedAt = ctx.now();
  await commitArchive(
    ctx,
    { what: "User", live: ctx.db.$count(users, itself), children: childrenOf(ctx, companyId, id) },
    [
      ctx.db.update(users).set({ deletedAt, updatedAt: deletedAt }).where(itself),
      audit(ctx, { action: "archive", recordType: "user", recordId: id, companyId, before }),
    ],
  );
  return { id, deletedAt };
}

function childrenOf({ db }: Context, companyId: string, id: string) {
  const talks = [eq(conversations.companyId, companyId), eq(conversations.userId, id)];
  const interests = [eq(leads.companyId, companyId), eq(leads.userId, id)];
  const coming = [eq(tours.companyId, companyId), eq(tours.userId, id)];
  return {
    conversations: db.$count(conversations, and(...talks, isNull(conversations.deletedAt))),
    leads: db.$count(leads, and(...interests, isNull(leads.deletedAt))),
    tours: db.$count(
      tours,
      and(...coming, inArray(tours.status, [...liveStatuses]), isNull(tours.deletedAt)),
    ),
  };
}
