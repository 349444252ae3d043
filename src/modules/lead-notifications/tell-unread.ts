import { and, count, eq, isNull, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { leadNotifications } from "../../db/schema/outgoing.ts";
import { liveFeed } from "../../durable/stubs.ts";

const n = leadNotifications;
const mostTimes = 5;

/** How many notifications each of these managers has not read; who is not in it has read all. */
export async function countUnreadOf(
  ctx: Context,
  companyId: string,
  managerIds: string[],
): Promise<Map<string, number>> {
  const rows = await ctx.db
    .select({ managerId: n.propertyManagerId, unread: count() })
    .from(n)
    .where(
      and(
        eq(n.companyId, companyId),
        sql`${n.propertyManagerId} in (select value from json_each(${JSON.stringify(managerIds)}))`,
        isNull(n.readAt),
        isNull(n.deletedAt),
        eq(n.inApp, true),
      ),
    )
    .groupBy(n.propertyManagerId);
  return new Map(rows.map(({ managerId, unread }) => [managerId ?? "", unread]));
}

/**
 * Tells open screens how many notifications are unread, where that is not what they were `told` last. Others may tell
 * them at the same time, so it is counted again after telling: whoever tells last tells what holds.
 */
export async function tellUnread(
  ctx: Context,
  companyId: string,
  managerIds: string[],
  told: ReadonlyMap<string, number> = new Map(),
): Promise<void> {
  const last = new Map(told);
  for (let times = 0; times < mostTimes; times += 1) {
    const unread = await countUnreadOf(ctx, companyId, managerIds);
    const changed = managerIds
      .map((id) => ({ id, count: unread.get(id) ?? 0 }))
      .filter(({ id, count: now }) => last.get(id) !== now);
    if (changed.length === 0) return;
    await Promise.all(
      changed.map(({ id, count: now }) => {
        last.set(id, now);
        return liveFeed(ctx.env, companyId, "manager", id).tellUnread(now);
      }),
    );
  }
}
