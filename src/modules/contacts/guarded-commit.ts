import type { BatchItem, BatchResponse } from "drizzle-orm/batch";
import { eq, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { commit, type Work } from "../../core/outbox.ts";
import { companies } from "../../db/schema/companies.ts";

type Statement = BatchItem<"sqlite">;

const refusal = "contacts changed meanwhile";

/**
 * Commits while the condition holds in the moment of the write. Null when it did not: then nothing of the batch was
 * written, not even what would not have minded.
 */
export async function commitWhile<First extends Statement, Rest extends readonly Statement[]>(
  ctx: Context,
  condition: SQL,
  statements: readonly [First, ...Rest],
  work: Work[] = [],
): Promise<BatchResponse<readonly [First, ...Rest]> | null> {
  try {
    const [, ...results] = await commit(ctx, [guard(ctx, condition), ...statements], work);
    return results as BatchResponse<readonly [First, ...Rest]>;
  } catch (error) {
    if (error instanceof Error && `${error.message} ${String(error.cause)}`.includes(refusal)) return null;
    throw error;
  }
}

/** A statement that fails, and its batch with it, unless the condition holds: a path of that name is none. */
function guard(ctx: Context, condition: SQL) {
  return ctx.db
    .select({ held: sql`json_extract('{}', case when ${condition} then '$' else ${refusal} end)` })
    .from(companies)
    .where(eq(companies.id, ctx.companyId));
}
