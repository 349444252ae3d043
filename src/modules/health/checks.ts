import { sql } from "drizzle-orm";
import { databaseFor, openDb } from "../../db/client.ts";
import { version } from "../../../package.json";

export type Check = { status: "healthy" | "degraded" | "unhealthy"; message: string; latency_ms?: number };

/** Late outgoing work means a vendor is down or a queue stands; a backlog older than this is `degraded`. */
const lateAfterMs = 15 * 60 * 1000;

export async function checkDatabase(env: Env): Promise<Check> {
  const startedAt = Date.now();
  try {
    await openDb(databaseFor(env, "")).get(sql`select 1`);
    return { status: "healthy", message: "answers", latency_ms: Date.now() - startedAt };
  } catch {
    return { status: "unhealthy", message: "does not answer", latency_ms: Date.now() - startedAt };
  }
}

/** Health from what our own rows show; no vendor is called, so a probe cannot be slow or do harm. */
export async function checkHealth(env: Env) {
  const database = await checkDatabase(env);
  const backlog = database.status === "healthy" ? await lateWork(env) : [];
  const checks = {
    database,
    resman: backlogCheck(backlog, "resman-sync"),
    email: backlogCheck(backlog, "notifications"),
    analytics: backlogCheck(backlog, "projections"),
  };
  const all = Object.values(checks).map((check) => check.status);
  const status = all.includes("unhealthy") ? "unhealthy" : all.includes("degraded") ? "degraded" : "healthy";
  return { status, checks, timestamp: new Date().toISOString(), version } as const;
}

type Backlog = { topic: string; late: number };

function lateWork(env: Env): Promise<Backlog[]> {
  return openDb(databaseFor(env, "")).all<Backlog>(sql`
    select topic, count(*) as late from outbox
    where status = 'pending' and next_attempt_at < ${Date.now() - lateAfterMs} group by topic`);
}

function backlogCheck(backlog: Backlog[], topic: string): Check {
  const late = backlog.find((row) => row.topic === topic)?.late ?? 0;
  return late === 0
    ? { status: "healthy", message: "no late work" }
    : { status: "degraded", message: `${late} pieces of work are late` };
}
