/**
 * Whether a write failed because a unique index already holds the value. `column` is one of the index's, as
 * `table.column`; SQLite names the columns of the index, not the index. Batch errors come bare, others as a cause.
 */
export function isDuplicate(error: unknown, column: string): boolean {
  if (!(error instanceof Error)) return false;
  const failed = /UNIQUE constraint failed: (.+?)(?::|$)/.exec(error.message)?.[1];
  return failed === undefined ? isDuplicate(error.cause, column) : failed.split(", ").includes(column);
}
