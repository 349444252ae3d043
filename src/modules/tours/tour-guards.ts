import { type SQL, sql } from "drizzle-orm";
import { tours } from "../../db/schema/tours.ts";

/**
 * The tour's id while the book's lease runs, else null, which the column refuses: then the whole batch is undone.
 * The database looks at its own clock in the moment of the write, however long the batch was on its way.
 */
export function idWhileLeased(tourId: string, leaseUntilMs: number): SQL<string> {
  return sql<string>`case when ${leaseRuns(leaseUntilMs)} then ${tourId} end`;
}

/** The same for a tour that exists: it must still be at the version that was seen. */
export function idAtVersion(seenVersion: number, leaseUntilMs?: number): SQL<string> {
  const leased = leaseUntilMs === undefined ? sql`true` : leaseRuns(leaseUntilMs);
  return sql<string>`case when ${tours.version} = ${seenVersion} and ${leased} then ${tours.id} end`;
}

/** Whether a batch was undone by one of the guards above. */
export function isRefusedByGuard(error: unknown): boolean {
  return /NOT NULL constraint failed: tours\.id/.test(textOf(error));
}

/** Whether a batch was undone because a tour with this id exists. */
export function isTakenId(error: unknown): boolean {
  return /UNIQUE constraint failed: tours\.id/.test(textOf(error));
}

function leaseRuns(leaseUntilMs: number): SQL {
  return sql`unixepoch('subsec') * 1000 < ${leaseUntilMs}`;
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  return error.cause instanceof Error ? `${error.message} ${error.cause.message}` : error.message;
}
