import { and, inArray, lt } from "drizzle-orm";
import { databaseFor, openDb } from "../db/client.ts";
import { companyExportChunks, companyExports } from "../db/schema/access.ts";

const givenUpMs = 24 * 60 * 60 * 1000;

/** Removes what nobody may download any more, and gives up exports that do not end: another can then be begun. */
export async function sweepExports(env: Env, at: number): Promise<void> {
  const db = openDb(databaseFor(env, ""));
  const isOver = lt(companyExports.expiresAt, new Date(at));
  await db.batch([
    db
      .update(companyExports)
      .set({ status: "failed", error: "It was not finished within a day" })
      .where(
        and(
          inArray(companyExports.status, ["pending", "running"]),
          lt(companyExports.createdAt, new Date(at - givenUpMs)),
        ),
      ),
    db
      .delete(companyExportChunks)
      .where(
        inArray(
          companyExportChunks.exportId,
          db.select({ id: companyExports.id }).from(companyExports).where(isOver),
        ),
      ),
    db
      .update(companyExports)
      .set({ status: "expired" })
      .where(and(isOver, inArray(companyExports.status, ["ready"]))),
  ]);
}
