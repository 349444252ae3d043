import { drizzle, type DrizzleD1Database } from "drizzle-orm/d1";

/** D1 has no interactive transactions; `batch` is the atomic write. */
export type Db = Omit<DrizzleD1Database, "transaction">;

/** A D1 database or a session of one: both prepare and batch. */
export type D1Handle = D1Database | D1DatabaseSession;

/**
 * The database that holds a company's rows. One today; the place where companies are spread over shards
 * when one database grows too small.
 */
export function databaseFor(env: Env, _companyId: string): D1Database {
  return env.DB;
}

export function openDb(handle: D1Handle): Db {
  return drizzle(handle as D1Database);
}
