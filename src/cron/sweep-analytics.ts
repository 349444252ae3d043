import { lt } from "drizzle-orm";
import { databaseFor, openDb } from "../db/client.ts";
import { analyticsEvents } from "../db/schema/analytics.ts";

const keptMs = 90 * 24 * 60 * 60 * 1000;

/** Removes single events that have long been added up; the sums of their sessions and days stay. */
export async function sweepAnalytics(env: Env, at: number): Promise<void> {
  const db = openDb(databaseFor(env, ""));
  await db.delete(analyticsEvents).where(lt(analyticsEvents.receivedAt, new Date(at - keptMs)));
}
