import { desc, eq } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { databaseFor } from "../../db/client.ts";
import { conversations } from "../../db/schema/conversations.ts";
import { recount, sumNames } from "../amplitude-data/daily-sums.ts";
import { drawConversation } from "../amplitude-data/draw-conversation.ts";

const looksAt = 5;
const key = "company_id, day, property_id, source";
const cells = `${key}, ${sumNames.join(", ")}`;

/** Draws the latest conversations afresh, then compares the daily sums with what they come to counted from the start. */
export async function tryAnalytics(ctx: Context) {
  const startedAt = Date.now();
  const rows = await ctx.db
    .select({ id: conversations.id })
    .from(conversations)
    .where(eq(conversations.companyId, ctx.companyId))
    .orderBy(desc(conversations.startTime), desc(conversations.id))
    .limit(looksAt);
  const drawn = [];
  for (const { id } of rows) {
    const drawing = await drawConversation(ctx, id);
    if (drawing) drawn.push(drawing);
  }
  const different = await countDifferent(ctx);
  return { drawn, different, latencyMs: Date.now() - startedAt };
}

/** Days, properties and sources whose sums are not what they should be. */
async function countDifferent(ctx: Context): Promise<number> {
  const db = databaseFor(ctx.env, ctx.companyId).withSession("first-primary");
  const { results } = await db
    .prepare(
      `with counted as (select ${cells} from (${recount} where company_id = ?1 group by ${key})),
        kept as (select ${cells} from analytics_daily where company_id = ?1 and conversations <> 0),
        missing as (select * from counted except select * from kept),
        wrong as (select * from kept except select * from counted)
       select count(*) as n from (select ${key} from missing union select ${key} from wrong)`,
    )
    .bind(ctx.companyId)
    .all<{ n: number }>();
  return results[0]?.n ?? 0;
}
