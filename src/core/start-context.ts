import { eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { databaseFor, openDb, type D1Handle } from "../db/client.ts";
import { companies } from "../db/schema/companies.ts";
import { configOf } from "./config.ts";
import type { Actor, Context, Parts } from "./context.ts";
import { openLog, type Log } from "./log.ts";

export type Start = {
  env: Env;
  companyId: string;
  clockOffsetMs: number;
  actor: Actor;
  requestId: string;
  log: Log;
  handle: D1Handle;
  waitUntil: (work: Promise<unknown>) => void;
  parts?: Parts;
};

let last = { ms: 0, seq: 0 };
/** How far the clock may step back before ids follow it; within that they keep growing. */
const stepBackMs = 1000;

function randomStart(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) & 0x3fff_ffff;
}

/** UUIDv7 in the order of making, also for many within one millisecond; its time is the real one. */
export function newId(): string {
  const now = Date.now();
  const ms = now < last.ms && last.ms - now < stepBackMs ? last.ms : now;
  const seq = ms === last.ms ? last.seq + 1 : randomStart();
  last = { ms, seq };
  return uuidv7({ msecs: ms, seq });
}

/** Puts a context together from what the door already knows. */
export function startContext(start: Start): Context {
  const { env, companyId, clockOffsetMs, actor, requestId, log, handle, waitUntil, parts = {} } = start;
  const realNow = parts.now ?? Date.now;
  return {
    companyId,
    actor,
    requestId,
    db: openDb(handle),
    env,
    config: configOf(env),
    now: () => new Date(realNow() + clockOffsetMs),
    clockOffsetMs,
    newId,
    fetch: parts.fetch ?? ((input, init) => fetch(input, init)),
    log,
    defer: (work) =>
      waitUntil(work.catch((error: unknown) => log.error("deferred work failed", error, { companyId }))),
  };
}

/**
 * The context of work without a request: an object's alarm, a queue message, a cron tick, the bot.
 * Returns null when the company does not exist any more.
 */
export async function systemContext(
  env: Env,
  companyId: string,
  job: string,
  waitUntil: (work: Promise<unknown>) => void,
  parts: Parts = {},
): Promise<Context | null> {
  const handle = databaseFor(env, companyId).withSession("first-primary");
  const [company] = await openDb(handle)
    .select({ clockOffsetMs: companies.clockOffsetMs })
    .from(companies)
    .where(eq(companies.id, companyId));
  if (!company) return null;
  const requestId = newId();
  return startContext({
    env,
    companyId,
    clockOffsetMs: company.clockOffsetMs,
    actor: { kind: "system", id: job, name: job },
    requestId,
    log: openLog({ requestId, companyId, job }),
    handle,
    waitUntil,
    parts,
  });
}
