import { and, count, eq, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { leads } from "../../db/schema/conversations.ts";
import type { LeadWithStatus } from "../leads/present.ts";
import { visible } from "../leads/queries.ts";
import { statusesOf, statusKey } from "../status/status-of.ts";
import type { Sliced } from "./present.ts";
import { getContact, slice } from "./queries.ts";
import type { Slice } from "./schemas.ts";

/** The contact's leads at properties the caller may see, the latest active first. */
export async function listContactLeads(
  ctx: Context,
  contactId: string,
  query: Slice,
): Promise<Sliced<LeadWithStatus>> {
  await getContact(ctx, contactId);
  const its = and(visible(ctx), eq(leads.contactId, contactId));
  const [rows, counted] = await ctx.db.batch([
    ctx.db
      .select()
      .from(leads)
      .where(its)
      // The plus keeps the planner from walking all leads in this order.
      .orderBy(sql`+${leads.lastActivityAt} desc`, sql`${leads.id} desc`)
      .limit(query.limit)
      .offset(query.skip),
    ctx.db.select({ total: count() }).from(leads).where(its),
  ]);
  const refs = rows.map(({ id }) => ({ entityType: "lead", entityId: id }));
  const statuses = await statusesOf(ctx, refs);
  const now = ctx.now();
  const found = rows.map((lead, index) => {
    const ref = refs[index];
    return { lead, status: (ref && statuses.get(statusKey(ref))) ?? null, now };
  });
  return slice(query, [found, counted]);
}
