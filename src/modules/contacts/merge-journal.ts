import { and, count, desc, eq } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { inCompany, only } from "../../core/scope.ts";
import { contactMergeMoves, contactMerges } from "../../db/schema/contacts.ts";
import type { MergeQuery } from "./merge-schemas.ts";
import type { ContactRow, Sliced } from "./present.ts";
import { slice } from "./queries.ts";

export type MergeRow = typeof contactMerges.$inferSelect;
export type Moved = { leads: number; interactions: number; users: number };

const m = contactMerges;

const undoDays = 30;

export function undoUntil({ mergedAt }: Pick<MergeRow, "mergedAt">): Date {
  return new Date(mergedAt.getTime() + undoDays * 86_400_000);
}

export async function getMerge(ctx: Context, id: string): Promise<MergeRow> {
  const rows = await ctx.db
    .select()
    .from(m)
    .where(and(inCompany(ctx, m.companyId), eq(m.id, id)));
  return only(rows, "Merge");
}

/** Newest first. */
export async function listMerges(ctx: Context, query: MergeQuery): Promise<Sliced<MergeRow>> {
  return slice(query, await ctx.db.batch(mergePage(ctx, query)));
}

export function mergePage(ctx: Context, query: MergeQuery) {
  const where = and(
    inCompany(ctx, m.companyId),
    query.primary_id ? eq(m.primaryId, query.primary_id) : undefined,
  );
  const page = ctx.db
    .select()
    .from(m)
    .where(where)
    .orderBy(desc(m.mergedAt), desc(m.id))
    .limit(query.limit)
    .offset(query.skip);
  return [page, ctx.db.select({ total: count() }).from(m).where(where)] as const;
}

/** How many records a merge gave to the survivor. */
export async function countMoves(ctx: Context, { companyId, id }: MergeRow): Promise<Moved> {
  const moves = contactMergeMoves;
  const rows = await ctx.db
    .select({ kind: moves.kind, n: count() })
    .from(moves)
    .where(and(eq(moves.companyId, companyId), eq(moves.mergeId, id)))
    .groupBy(moves.kind);
  const of = (kind: (typeof rows)[number]["kind"]) => rows.find((row) => row.kind === kind)?.n ?? 0;
  return { leads: of("lead"), interactions: of("interaction"), users: of("user") };
}

/** A contact's row as the journal holds it: times are text there. */
export function rowOf(snapshot: unknown): ContactRow {
  const row = snapshot as ContactRow;
  return {
    ...row,
    lastContacted: dated(row.lastContacted),
    deletedAt: dated(row.deletedAt),
    createdAt: new Date(row.createdAt),
    updatedAt: new Date(row.updatedAt),
  };
}

function dated(at: Date | null): Date | null {
  return at && new Date(at);
}
