import { type SQL, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { commit } from "../../core/outbox.ts";
import { faqs } from "../../db/schema/knowledge.ts";
import { getProperty } from "../properties/queries.ts";
import { visible } from "./queries.ts";

const faqsFts = sqliteTable("faqs_fts", {
  rowid: integer("rowid"),
  question: text("question"),
  answer: text("answer"),
});

/** The index holds a row for each FAQ; its own table of sizes tells which, whatever the joins of a search say. */
const isIndexed = sql`exists (select 1 from faqs_fts_docsize d where d.id = ${faqs}.rowid)`;

export type IndexCounts = {
  documents: number;
  indexed: number;
  retrievable: number;
  pending: number;
  needsReview: number;
  lastAnsweredAt: number | null;
  lastChangedAt: number | null;
};

/** How the caller's FAQs stand in the index. Writes keep it by triggers, so it lags behind only when it is damaged. */
export async function indexStatus(ctx: Context, propertyId: string | undefined): Promise<IndexCounts> {
  const [counts] = await ctx.db.all<IndexCounts>(countsOf(await scopeOf(ctx, propertyId)));
  if (!counts) throw new Error("counting answers one row");
  return counts;
}

export type Reindexed = Pick<IndexCounts, "documents" | "indexed"> & { added: number; updatedAt: Date };

/** Puts into the index what it lacks. What it holds already stays found meanwhile; run again it adds nothing. */
export async function reindex(ctx: Context, propertyId: string | undefined): Promise<Reindexed> {
  const scope = await scopeOf(ctx, propertyId);
  const before = await indexStatus(ctx, propertyId);
  await commit(ctx, [
    ctx.db
      .insert(faqsFts)
      .select(
        sql`select ${faqs}.rowid, ${faqs.question}, ${faqs.answer} from ${faqs} where ${scope} and not ${isIndexed}`,
      ),
    audit(ctx, {
      action: "reindex",
      recordType: "faq_index",
      recordId: propertyId ?? ctx.companyId,
      after: { property_id: propertyId ?? null },
    }),
  ]);
  const { documents, indexed } = await indexStatus(ctx, propertyId);
  return { documents, indexed, added: Math.max(0, indexed - before.indexed), updatedAt: ctx.now() };
}

async function scopeOf(ctx: Context, propertyId: string | undefined): Promise<SQL> {
  if (propertyId !== undefined) await getProperty(ctx, propertyId);
  const mine = visible(ctx) ?? sql`true`;
  return propertyId === undefined ? mine : sql`${mine} and ${faqs.propertyId} = ${propertyId}`;
}

function countsOf(scope: SQL): SQL {
  const having = (status: string) => sql`count(*) filter (where ${faqs.status} = ${status})`;
  return sql`select count(*) as documents, count(*) filter (where ${isIndexed}) as indexed,
      ${having("answered")} as retrievable, ${having("pending")} as pending,
      ${having("needs_review")} as "needsReview", max(${faqs.answeredAt}) as "lastAnsweredAt",
      max(${faqs.updatedAt}) as "lastChangedAt"
    from ${faqs} where ${scope}`;
}
