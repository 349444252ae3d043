import { sql } from "drizzle-orm";
import { databaseFor, openDb } from "../../db/client.ts";
import { type Backlog, backlogs, noBacklog, type VendorName } from "./backlog.ts";
import { version } from "../../../package.json";

export type Check = { status: "healthy" | "degraded" | "unhealthy"; message: string; latency_ms?: number };

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
  const waiting = database.status === "healthy" ? await backlogs(env) : new Map<VendorName, Backlog>();
  const check = (vendor: VendorName) => backlogCheck(waiting.get(vendor) ?? noBacklog);
  const checks = {
    database,
    resman: check("resman"),
    email: check("sendgrid"),
    analytics: check("amplitude"),
  };
  const all = Object.values(checks).map(({ status }) => status);
  const status = all.includes("unhealthy") ? "unhealthy" : all.includes("degraded") ? "degraded" : "healthy";
  return { status, checks, timestamp: new Date().toISOString(), version } as const;
}

function backlogCheck({ late }: Backlog): Check {
  return late === 0
    ? { status: "healthy", message: "no late work" }
    : { status: "degraded", message: `${late} pieces of work are late` };
}
