import { databaseFor, openDb, type Db } from "../../db/client.ts";

/** Logins are found before their company is known. */
export function databaseOf(env: Env): Db {
  return openDb(databaseFor(env, ""));
}
