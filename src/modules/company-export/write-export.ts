import { and, eq, inArray, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { insertWhere } from "../../db/insert-where.ts";
import { companyExportChunks, companyExports } from "../../db/schema/access.ts";
import type { ExportRow } from "./queries.ts";
import { type ExportPage, readPage } from "./read-page.ts";

/** A row of the database holds at most two megabytes. */
const chunkChars = 400_000;

/**
 * Writes the next page of an export; false when it is ready. Lines and place are one write under the number of
 * chunks so far, so that a page that is written again after a crash, or by two at once, is there once, and one that was
 * read before somebody was forgotten never comes after it.
 */
export async function writeNextPage(ctx: Context, exportId: string): Promise<boolean> {
  const row = await findAtWork(ctx, exportId);
  if (!row) return false;
  const page = await readPage(ctx, row.place);
  if (!page) return !(await finish(ctx, row));
  const chunks = chunksOf(page.lines);
  const isWritten = stands(ctx, row, row.chunks + chunks.length);
  const inserts = chunks.map((body, index) =>
    insertWhere(
      ctx.db,
      companyExportChunks,
      { companyId: ctx.companyId, exportId, seq: row.chunks + index, body },
      sql`exists (select 1 from ${companyExports} where ${isWritten})`,
    ),
  );
  await ctx.db.batch([advance(ctx, row, page, chunks), ...inserts]);
  return true;
}

/** False when it was begun again meanwhile. */
async function finish(ctx: Context, row: ExportRow): Promise<boolean> {
  const done = await ctx.db
    .update(companyExports)
    .set({ status: "ready", finishedAt: new Date() })
    .where(stands(ctx, row, row.chunks))
    .returning({ id: companyExports.id });
  return done.length > 0;
}

async function findAtWork(ctx: Context, exportId: string): Promise<ExportRow | undefined> {
  const [row] = await ctx.db
    .select()
    .from(companyExports)
    .where(and(isExport(ctx, exportId), inArray(companyExports.status, ["pending", "running"])));
  return row;
}

function isExport(ctx: Context, id: string) {
  return and(eq(companyExports.companyId, ctx.companyId), eq(companyExports.id, id));
}

/** It has come exactly this far. */
function stands(ctx: Context, { id }: ExportRow, chunks: number) {
  return and(isExport(ctx, id), eq(companyExports.chunks, chunks));
}

function advance(ctx: Context, row: ExportRow, { lines, table, next }: ExportPage, chunks: string[]) {
  const counted = (row.counts[table] ?? 0) + lines.length;
  return ctx.db
    .update(companyExports)
    .set({
      status: "running",
      place: next,
      chunks: row.chunks + chunks.length,
      bytes: row.bytes + chunks.reduce((sum, chunk) => sum + new TextEncoder().encode(chunk).length, 0),
      counts: counted > 0 ? { ...row.counts, [table]: counted } : row.counts,
    })
    .where(stands(ctx, row, row.chunks));
}

function chunksOf(lines: string[]): string[] {
  const chunks: string[] = [];
  let chunk = "";
  for (const line of lines) {
    if (chunk !== "" && chunk.length + line.length > chunkChars) {
      chunks.push(chunk);
      chunk = "";
    }
    chunk += `${line}\n`;
  }
  return chunk === "" ? chunks : [...chunks, chunk];
}
