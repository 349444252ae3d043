import { Hono, type MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import { databaseFor } from "../db/client.ts";
import type { Parts } from "./context.ts";
import { AppError } from "./errors.ts";
import { type BaseEnv, noted, type SignedInEnv } from "./http.ts";
import { oncePerKey } from "./idempotency.ts";
import { isViewing, type Permission } from "./permissions.ts";
import { limitAnonymous, limitSignedIn } from "./rate-limits.ts";
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
      const acts = !isViewing(permission) && permission !== "create_companies" && permission !== "edit_company";
      if (acts && companyId === "" && permission !== "delete_companies")
        throw new AppError("VALIDATION_ERROR", "Name the company to act in with the X-Company-Id header");
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
  const nowMs = (parts.now ?? Date.now)();
  const who = await signIn(c, nowMs).catch(async (error: unknown) => {
    await limitAnonymous(c, async () => {});
    throw error;
  });
  const origin = c.req.header("origin");
  if (who.actor.kind === "visitor" && origin && who.origin && origin !== who.origin)
    throw new AppError("FORBIDDEN", "This token belongs to another site");
  c.var.log.add({ companyId: who.companyId, actor: `${who.actor.kind}:${who.actor.id}` });
  await limitSignedIn(c, who);
  const handle = databaseFor(c.env, who.companyId).withSession(c.req.header("x-d1-bookmark") ?? startAt(c.req.method));
  c.set(
    "ctx",
    startContext({
      env: c.env,
      companyId: who.companyId,
      clockOffsetMs: who.clockOffsetMs,
      actor: who.actor,
      requestId: c.var.requestId,
      log: c.var.log,
      handle,
      waitUntil: (work) => c.executionCtx.waitUntil(work),
      parts,
    }),
  );
  await next();
  const bookmark = handle.getBookmark();
  if (bookmark) c.header("x-d1-bookmark", bookmark);
});

/** Reads may be answered by a replica; a request that writes must see the newest state. */
function startAt(method: string): D1SessionBookmark | D1SessionConstraint {
  return method === "GET" || method === "HEAD" ? "first-unconstrained" : "first-primary";
}
