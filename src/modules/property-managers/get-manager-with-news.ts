import { and, eq } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { only } from "../../core/scope.ts";
import { propertyAssignments, propertyManagers } from "../../db/schema/properties.ts";
import { unreadOf } from "./notifications.ts";
import type { ManagerWithNews } from "./present.ts";
import { assignmentsWith, visible } from "./queries.ts";

/** How many unread notifications come with a manager. */
const newsCount = 10;

export async function getManagerWithNews(ctx: Context, id: string): Promise<ManagerWithNews> {
  const [found, assignments, notifications] = await ctx.db.batch([
    ctx.db
      .select()
      .from(propertyManagers)
      .where(and(visible(ctx), eq(propertyManagers.id, id))),
    assignmentsWith(ctx, eq(propertyAssignments.managerId, id)),
    unreadOf(ctx, id, newsCount),
  ]);
  return { manager: only(found, "Property manager"), assignments, notifications };
}
