import { and, eq, gt, sql } from "drizzle-orm";
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
/** In characters, of three bytes at most: a row of the database takes no more than two megabytes. */
const longestBody = 500_000;

type Kept = typeof idempotencyKeys.$inferSelect;
type Asked = Pick<Kept, "caller" | "key" | "fingerprint">;
/** A key that is ours to work: whoever takes it over later holds another lock. */
type Claim = Asked & { lockedUntil: Date };

const k = idempotencyKeys;

/** `Idempotency-Key` on POST: the same key, address and body get the first answer, others 409. */
export const oncePerKey = createMiddleware<SignedInEnv>(async function oncePerKey(c, next) {
  const key = c.req.header("idempotency-key");
  if (c.req.method !== "POST" || key === undefined) return next();
  if (key.length === 0 || key.length > 255)
    throw invalidHeader("idempotency-key", "Idempotency-Key must have 1 to 255 characters");
  const { actor, companyId } = c.var.ctx;
  const db = openDb(databaseFor(c.env, companyId));
  const caller = `${companyId}:${actor.kind}:${actor.id}`;
  const address = c.req.path + new URL(c.req.url).search;
  const fingerprint = await sha256Hex(`${c.req.method} ${address}\n${await c.req.text()}`);
  const claim = await claimOrWait(db, { caller, key, fingerprint });
  if ("status" in claim) return replay(c.env, claim);
  const worked = next().then(() =>
    keep(c.env, db, claim, c.res).catch((error: unknown) => {
      c.var.log.error("an answer could not be kept for its Idempotency-Key", error);
    }),
  );
  // A caller that hangs up asks again: what was begun is finished and its answer kept.
  c.executionCtx.waitUntil(worked);
  await worked;
});

/** A claim when the key is now ours to work; the kept answer when somebody was first. */
async function claimOrWait(db: Db, asked: Asked): Promise<Claim | Kept> {
  for (const wait of [...waits, 0]) {
    const claim = await tryClaim(db, asked);
    if (claim) return claim;
    const [kept] = await db
      .select()
      .from(k)
      .where(and(isKey(asked), gt(k.expiresAt, new Date())));
    if (kept && kept.fingerprint !== asked.fingerprint)
      throw new AppError("CONFLICT", "This Idempotency-Key was used with another request");
    if (kept?.status) return kept;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  throw new AppError("CONFLICT", "The first request with this Idempotency-Key is still being worked");
}

async function tryClaim(db: Db, asked: Asked): Promise<Claim | null> {
  const now = Date.now();
  const claim = { ...asked, lockedUntil: new Date(now + lockMs) };
  const row = { ...claim, status: null, body: null, etag: null, expiresAt: new Date(now + keptMs) };
  const isDead = sql`${k.status} is null and ${k.lockedUntil} < ${now} and ${k.fingerprint} = ${asked.fingerprint}`;
  const taken = await db
    .insert(k)
    .values(row)
    .onConflictDoUpdate({
      target: [k.caller, k.key],
      set: row,
      setWhere: sql`${k.expiresAt} <= ${now} or (${isDead})`,
    })
    .returning({ key: k.key });
  return taken.length > 0 ? claim : null;
}

/**
 * Answers below 500 are kept, unless somebody has taken the key over because we took so long. After a failure of ours
 * the key is free for another try, and so it is where the answer is longer than a row may be: only reading answers so.
 */
async function keep(env: Env, db: Db, claim: Claim, answer: Response): Promise<void> {
  const mine = and(isKey(claim), eq(k.lockedUntil, claim.lockedUntil));
  const text = await answer.clone().text();
  if (answer.status >= 500 || answer.status === 429 || text.length > longestBody) {
    await db.delete(k).where(mine);
    return;
  }
  const isSecret = answer.headers.get("cache-control") === "no-store";
  const body = isSecret ? await closed(env, claim.caller, text) : text;
  const kept = { status: answer.status, body, etag: answer.headers.get("etag") };
  await db.update(k).set(kept).where(mine);
}

async function replay(env: Env, { caller, status, body, etag }: Kept): Promise<Response> {
  const isSecret = body?.startsWith(sealedMark) ?? false;
  const headers = {
    "content-type": "application/json",
    "idempotency-replayed": "true",
    ...(etag === null ? {} : { etag }),
    ...(isSecret ? { "cache-control": "no-store" } : {}),
  };
  return new Response(await opened(env, caller, body ?? ""), { status: status ?? 200, headers });
}

function isKey({ caller, key }: Asked) {
  return and(eq(k.caller, caller), eq(k.key, key));
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
