import { type SQL, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { Context } from "./context.ts";
import { AppError, notFound } from "./errors.ts";
import { commitWhile } from "./guarded-commit.ts";
import type { Work } from "./outbox.ts";

type Archiving = {
  /** As people call it: "Property". */
  what: string;
  /** How many such records are live: one, or none that the caller may archive. */
  live: SQL<number>;
  /** By name, how many of what must not lose the record are live. */
  children: Record<string, SQL<number>>;
};

/**
 * Archives a record as long as it is live and nothing hangs on it in the moment of the write. Throws what a missing
 * record throws, or CONFLICT whose details count what is left.
 */
export async function commitArchive(
  ctx: Context,
  { what, live, children }: Archiving,
  statements: readonly [BatchItem<"sqlite">, ...BatchItem<"sqlite">[]],
  work: Work[] = [],
): Promise<void> {
  const none = Object.values(children).map((left) => sql`${left} = 0`);
  const condition = sql.join([sql`${live} = 1`, ...none], sql` and `);
  if (await commitWhile(ctx, condition, statements, work)) return;
  const [left] = await ctx.db.select(children).from(sql`(select 1)`);
  const names = Object.entries(left ?? {}).flatMap(([name, count]) => (Number(count) > 0 ? [name] : []));
  if (names.length === 0) throw notFound(what);
  throw new AppError("CONFLICT", `${what} still has live ${listed(names)}`, left);
}

const enumeration = new Intl.ListFormat("en", { type: "conjunction" });

function listed(names: string[]): string {
  return enumeration.format(names.map((name) => name.replaceAll("_", " ")));
}
