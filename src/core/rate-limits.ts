import type { Context as HonoContext } from "hono";
import { createMiddleware } from "hono/factory";
import { rateLimiter } from "../durable/stubs.ts";
import { configOf } from "./config.ts";
import { AppError } from "./errors.ts";
import type { BaseEnv } from "./http.ts";
import { policies, type Policy } from "./policies.ts";
import type { SignedIn } from "./sign-in.ts";

/** The limit of a signed-in call. Chat messages are counted by the room, for sockets and HTTP alike. */
export function policyFor(method: string, path: string): Policy {
  if (path.startsWith("/api/v1/status/current/bulk")) return policies.statusBulk;
  if (path.startsWith("/api/v1/status/analytics")) return policies.statusAnalytics;
  if (method === "POST" && path === "/api/v1/status/webhooks") return policies.statusWebhooks;
  if (path.startsWith("/api/v1/status")) return policies.status;
  if (path.startsWith("/api/resman")) return policies.resman;
  if (path.startsWith("/api/amplitude-data")) return policies.analytics;
  return policies.signedIn;
}

/** Counts one call; throws 429 once the window is full. Exact: one object counts for one caller. */
export async function takeFrom(c: HonoContext, policy: Policy, caller: string): Promise<void> {
  const env = c.env as Env;
  const limit = Math.floor(policy.limit * configOf(env).RATE_LIMIT_SCALE);
  const taken = await rateLimiter(env, `${policy.name}:${caller}`).take(limit, policy.windowSeconds * 1000);
  c.header("RateLimit-Policy", `"${policy.name}";q=${limit};w=${policy.windowSeconds}`);
  c.header("RateLimit", `"${policy.name}";r=${taken.remaining};t=${taken.resetSeconds}`);
  if (!taken.allowed)
    throw new AppError("RATE_LIMIT_EXCEEDED", "Too many requests; try again later", {
      retry_after: taken.resetSeconds,
    });
}

export function addressOf(c: HonoContext): string {
  return c.req.header("cf-connecting-ip") ?? "unknown";
}

export const limitAnonymous = createMiddleware<BaseEnv>(async function limitAnonymous(c, next) {
  await takeFrom(c, policies.anonymous, addressOf(c));
  await next();
});

export function limitSignedIn(c: HonoContext, { actor }: SignedIn): Promise<void> {
  return takeFrom(c, policyFor(c.req.method, c.req.path), `${actor.kind}:${actor.id}`);
}
