import { createMiddleware } from "hono/factory";
import { configOf } from "./config.ts";
import { AppError } from "./errors.ts";
import type { BaseEnv } from "./http.ts";
import { openLog } from "./log.ts";
import { newId } from "./start-context.ts";

/** Gives the request its id and ends it with one wide log line. */
export const wideLine = createMiddleware<BaseEnv>(async function wideLine(c, next) {
  const asked = c.req.header("x-request-id");
  const requestId = asked && /^[\w.-]{8,128}$/.test(asked) ? asked : newId();
  const log = openLog({ requestId });
  c.set("requestId", requestId);
  c.set("log", log);
  const startedAt = Date.now();
  configOf(c.env);
  await next();
  // The answer to a socket upgrade has no headers to write.
  if (c.res.status !== 101) c.header("X-Request-Id", requestId);
  log.end({ method: c.req.method, path: c.req.path, status: c.res.status, ms: Date.now() - startedAt });
});

/** Where mail programs and plain pages post forms. */
const takesForms = /^\/api\/email\/unsubscribe\//;

/** Bodies of the API are JSON and say so; the exceptions are named above. */
export const jsonOnly = createMiddleware<BaseEnv>(async function jsonOnly(c, next) {
  const type = c.req.header("content-type");
  const mayCarry = c.req.method !== "GET" && c.req.method !== "HEAD";
  const carriesBody = type !== undefined || Number(c.req.header("content-length") ?? 0) > 0;
  if (
    mayCarry &&
    carriesBody &&
    !takesForms.test(c.req.path) &&
    !/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type ?? "")
  )
    throw new AppError("UNSUPPORTED_MEDIA_TYPE", "Send application/json");
  await next();
});
