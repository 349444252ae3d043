import type { BatchItem, BatchResponse } from "drizzle-orm/batch";
import { type SQL, sql } from "drizzle-orm";
import type { Context } from "./context.ts";
import type { AppError } from "./errors.ts";
import { commit, type Work } from "./outbox.ts";
import { staleVersion } from "./scope.ts";

type Statement = BatchItem<"sqlite">;
type Statements = readonly [Statement, ...Statement[]];

const refusal = "the guard of a batch did not hold";

/**
 * Commits while the condition holds in the moment of the write. Null when it did not: then nothing of the batch was
 * written, not even what would not have minded.
 */
export async function commitWhile<const Batch extends Statements>(
  ctx: Context,
  condition: SQL,
  statements: Batch,
  work: Work[] = [],
): Promise<BatchResponse<Batch> | null> {
  const results = await guarded(commit(ctx, [guard(ctx, condition), ...statements], work));
  return results && (results.slice(1) as BatchResponse<Batch>);
}

/**
 * Commits a change that the first statement makes and all others follow from: audit row, notices, outgoing work. When
 * that one finds nothing to change, because somebody was faster, nothing is written and `lost` is thrown.
 */
export async function commitChange<const Batch extends Statements>(
  ctx: Context,
  statements: Batch,
  work: Work[] = [],
  lost: () => AppError = staleVersion,
): Promise<BatchResponse<Batch>> {
  const [change, ...rest] = statements;
  const results = await guarded(commit(ctx, [change, guard(ctx, sql`changes() > 0`), ...rest], work));
  if (!results) throw lost();
  return results.toSpliced(1, 1) as BatchResponse<Batch>;
}

/** A statement that fails, and its batch with it, unless the condition holds: a path of that name is none. */
function guard(ctx: Context, condition: SQL) {
  const held = sql`json_extract('{}', case when ${condition} then '$' else ${refusal} end)`;
  return ctx.db.select({ held }).from(sql`(select 1)`);
}

async function guarded<Results>(commitment: Promise<Results>): Promise<Results | null> {
  try {
    return await commitment;
  } catch (error) {
    if (error instanceof Error && `${error.message} ${String(error.cause)}`.includes(refusal)) return null;
    throw error;
  }
}
