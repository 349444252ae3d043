import { eq } from "drizzle-orm";
import { createMiddleware } from "hono/factory";
import { databaseFor, openDb } from "../db/client.ts";
import { propertyOrigins } from "../db/schema/properties.ts";
import { configOf } from "./config.ts";
import type { BaseEnv } from "./http.ts";

const headers = [
  "Authorization",
  "Content-Type",
  "Idempotency-Key",
  "If-Match",
  "X-Company-Id",
  "X-D1-Bookmark",
  "X-Request-Id",
];
const exposed = ["ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "X-D1-Bookmark", "X-Request-Id"];

/**
 * CORS for pages that belong to a property, and for our own. Tokens travel in a header, never in a cookie, so
 * an origin that is let in gets no more than the token it holds; the token itself is bound to its origin.
 */
export const allowOrigins = createMiddleware<BaseEnv>(async function allowOrigins(c, next) {
  const origin = c.req.header("origin");
  const allowed = origin !== undefined && (await isKnownOrigin(c.env, origin));
  if (c.req.method === "OPTIONS" && c.req.header("access-control-request-method")) {
    if (!allowed) return c.body(null, 403);
    c.header("Access-Control-Allow-Origin", origin);
    c.header("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE");
    c.header("Access-Control-Allow-Headers", headers.join(", "));
    c.header("Access-Control-Max-Age", "7200");
    c.header("Vary", "Origin");
    return c.body(null, 204);
  }
  await next();
  if (c.res.status === 101) return;
  c.header("Vary", "Origin", { append: true });
  if (!allowed) return;
  c.header("Access-Control-Allow-Origin", origin);
  c.header("Access-Control-Expose-Headers", exposed.join(", "));
});

const known = new Map<string, { allowed: boolean; until: number }>();
const rememberMs = 30_000;

/** Whether any property lists the origin. Remembered shortly: a preflight decides nothing but visibility. */
async function isKnownOrigin(env: Env, origin: string): Promise<boolean> {
  if (origin === new URL(configOf(env).APP_ORIGIN).origin) return true;
  const now = Date.now();
  const memory = known.get(origin);
  if (memory && memory.until > now) return memory.allowed;
  const rows = await openDb(databaseFor(env, ""))
    .select({ origin: propertyOrigins.origin })
    .from(propertyOrigins)
    .where(eq(propertyOrigins.origin, origin))
    .limit(1);
  if (known.size > 1000) known.clear();
  known.set(origin, { allowed: rows.length > 0, until: now + rememberMs });
  return rows.length > 0;
}
