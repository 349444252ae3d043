import { Hono, type Context as HonoContext, type MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import { databaseFor } from "../db/client.ts";
import type { Context, Parts } from "./context.ts";
import { AppError, invalidHeader } from "./errors.ts";
import { type BaseEnv, noted, type SignedInEnv } from "./http.ts";
import { oncePerKey } from "./idempotency.ts";
import { isViewing, type Permission } from "./permissions.ts";
import { policies } from "./policies.ts";
import { addressOf, limitAnonymous, limitSignedIn, takeFrom } from "./rate-limits.ts";
import { signIn } from "./sign-in.ts";
import { startContext } from "./start-context.ts";

/** Open to everybody: health, login, the visitor's first call. Handlers have no `ctx` to misuse. */
export function publicRoutes() {
  return new Hono<BaseEnv>().use(limitAnonymous);
}

/** For staff only. Each route says with `may(...)` which permission it asks for. */
export function staffRoutes() {
  return new Hono<SignedInEnv>().use(signedIn, staffOnly, oncePerKey);
}

/** For staff and for visitors; a visitor reaches only the routes that say `may(…, { visitors: true })`. */
export function guestRoutes() {
  return new Hono<SignedInEnv>().use(signedIn, oncePerKey);
}

/** For socket upgrades: the object behind checks the ticket; without one the caller signs in by the sub-protocol. */
export function socketRoutes() {
  return new Hono<BaseEnv>();
}

const staffOnly = createMiddleware<SignedInEnv>(async function staffOnly(c, next) {
  if (c.var.ctx.actor.kind === "visitor") throw noPermission("this");
  await next();
});

/** The permission a route asks of staff, and whether visitors may use it for what is theirs. */
export function may(permission: Permission, { visitors = false } = {}): MiddlewareHandler<SignedInEnv> {
  const check = createMiddleware<SignedInEnv>(async function may(c, next) {
    const { actor, companyId } = c.var.ctx;
    if (actor.kind === "visitor" && !visitors) throw noPermission(permission);
    if (actor.kind === "staff") {
      if (!actor.permissions.has(permission)) throw noPermission(permission);
      const acts =
        !isViewing(permission) && permission !== "create_companies" && permission !== "edit_company";
      if (acts && companyId === "" && permission !== "delete_companies")
        throw invalidHeader("x-company-id", "Name the company to act in with the X-Company-Id header");
    }
    await next();
  });
  return noted(check, { access: visitors ? `${permission}, or the visitor's own` : permission });
}

function noPermission(permission: string): AppError {
  return new AppError("INSUFFICIENT_PERMISSIONS", `Insufficient permissions: ${permission} required`);
}

/** What tests replace in every context; empty in production. */
export const parts: Parts = {};

export const signedIn = createMiddleware<SignedInEnv>(async function signedIn(c, next) {
  c.set("ctx", await requestContext(c));
  await next();
  const bookmark = c.var.bookmark();
  if (bookmark && c.res.status !== 101) c.header("x-d1-bookmark", bookmark);
});

/** Signs the caller in, counts the call against the caller's limit and builds the context of the request. */
export async function requestContext(c: HonoContext): Promise<Context> {
  const { log, requestId } = c.var as BaseEnv["Variables"];
  const env = c.env as Env;
  const nowMs = (parts.now ?? Date.now)();
  const who = await signIn(c, nowMs).catch(async (error: unknown) => {
    await takeFrom(c, policies.anonymous, addressOf(c));
    throw error;
  });
  const origin = c.req.header("origin");
  if (who.actor.kind === "visitor" && origin && who.origin && origin !== who.origin)
    throw new AppError("FORBIDDEN", "This token belongs to another site");
  log.add({ companyId: who.companyId, actor: `${who.actor.kind}:${who.actor.id}` });
  await limitSignedIn(c, who);
  const handle = databaseFor(c.env, who.companyId).withSession(
    c.req.header("x-d1-bookmark") ?? startAt(c.req.method),
  );
  c.set("bookmark", () => handle.getBookmark());
  return startContext({
    env,
    companyId: who.companyId,
    clockOffsetMs: who.clockOffsetMs,
    actor: who.actor,
    requestId,
    log,
    handle,
    waitUntil: (work) => c.executionCtx.waitUntil(work),
    parts,
  });
}

/** Reads may be answered by a replica; a request that writes must see the newest state. */
function startAt(method: string): D1SessionConstraint {
  return method === "GET" || method === "HEAD" ? "first-unconstrained" : "first-primary";
}
