import { and, eq, sql } from "drizzle-orm";
import { createMiddleware } from "hono/factory";
import { databaseFor, openDb, type Db } from "../db/client.ts";
import { idempotencyKeys } from "../db/schema/ledger.ts";
import { configOf } from "./config.ts";
import { AppError, invalidHeader } from "./errors.ts";
import type { SignedInEnv } from "./http.ts";
import { seal, unseal } from "./secrets.ts";
import { sha256Hex } from "./tokens.ts";

const keptMs = 24 * 60 * 60 * 1000;
/** A request that holds a key longer than this is taken for dead. */
const lockMs = 60_000;
const waits = [50, 100, 200, 400, 800, 1600, 3200, 6400, 12_800];

type Kept = typeof idempotencyKeys.$inferSelect;

/** `Idempotency-Key` on POST: the same key and body get the first answer, another body 409. */
export const oncePerKey = createMiddleware<SignedInEnv>(async function oncePerKey(c, next) {
  const key = c.req.header("idempotency-key");
  if (c.req.method !== "POST" || key === undefined) return next();
  if (key.length === 0 || key.length > 255)
    throw invalidHeader("idempotency-key", "Idempotency-Key must have 1 to 255 characters");
  const { actor, companyId } = c.var.ctx;
  const db = openDb(databaseFor(c.env, companyId));
  const caller = `${companyId}:${actor.kind}:${actor.id}`;
  const fingerprint = await sha256Hex(`${c.req.method} ${c.req.path}\n${await c.req.text()}`);
  const first = await claimOrWait(db, caller, key, fingerprint);
  if (first) {
    c.header("Idempotency-Replayed", "true");
    const body = await opened(c.env, caller, first.body ?? "");
    return c.body(body, (first.status ?? 200) as 200, { "content-type": "application/json" });
  }
  await next();
  await keep(c.env, db, caller, key, c.res);
});

/** Null when the key is now ours to work; the kept answer when somebody was first. */
async function claimOrWait(db: Db, caller: string, key: string, fingerprint: string): Promise<Kept | null> {
  for (const wait of [...waits, 0]) {
    if (await claim(db, caller, key, fingerprint)) return null;
    const kept = await find(db, caller, key);
    if (kept && kept.fingerprint !== fingerprint)
      throw new AppError("CONFLICT", "This Idempotency-Key was used with another request");
    if (kept?.status) return kept;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  throw new AppError("CONFLICT", "The first request with this Idempotency-Key is still being worked");
}

async function claim(db: Db, caller: string, key: string, fingerprint: string): Promise<boolean> {
  const now = Date.now();
  const row = {
    fingerprint,
    status: null,
    body: null,
    lockedUntil: new Date(now + lockMs),
    expiresAt: new Date(now + keptMs),
  };
  const k = idempotencyKeys;
  const taken = await db
    .insert(k)
    .values({ caller, key, ...row })
    .onConflictDoUpdate({
      target: [k.caller, k.key],
      set: row,
      setWhere: sql`${k.status} is null and ${k.lockedUntil} < ${now} and ${k.fingerprint} = ${fingerprint}`,
    })
    .returning({ key: k.key });
  return taken.length > 0;
}

async function find(db: Db, caller: string, key: string): Promise<Kept | undefined> {
  const [row] = await db
    .select()
    .from(idempotencyKeys)
    .where(and(eq(idempotencyKeys.caller, caller), eq(idempotencyKeys.key, key)));
  return row;
}

/** Answers below 500 are kept; after a failure of ours the key is free for another try. */
async function keep(env: Env, db: Db, caller: string, key: string, answer: Response): Promise<void> {
  const mine = and(eq(idempotencyKeys.caller, caller), eq(idempotencyKeys.key, key));
  if (answer.status >= 500 || answer.status === 429) {
    await db.delete(idempotencyKeys).where(mine);
    return;
  }
  const text = await answer.clone().text();
  const body = answer.headers.get("cache-control") === "no-store" ? await closed(env, caller, text) : text;
  await db.update(idempotencyKeys).set({ status: answer.status, body }).where(mine);
}

const sealedMark = "sealed ";

/** An answer that shows a secret is kept encrypted. */
async function closed(env: Env, caller: string, text: string): Promise<string> {
  const { keyId, ciphertext } = await seal(configOf(env), caller, text);
  return `${sealedMark}${keyId} ${ciphertext}`;
}

async function opened(env: Env, caller: string, body: string): Promise<string> {
  if (!body.startsWith(sealedMark)) return body;
  const [keyId = "", ciphertext = ""] = body.slice(sealedMark.length).split(" ");
  return unseal(configOf(env), caller, { keyId, ciphertext });
}
