import type { Context as HonoContext } from "hono";
import { type BaseEnv, doc, ok, valid } from "../../core/http.ts";
import { parts, publicRoutes } from "../../core/routers.ts";
import { type Door, openSession } from "./open-session.ts";
import { presentOpenedSession } from "./present.ts";
import { BrowserId, Visit, VisitorSession } from "./schemas.ts";

/** Mounted on its whole path: a public router on `/api/users` would count every signed-in call there as anonymous. */
export const visitorSessionRoutes = publicRoutes();

visitorSessionRoutes.post(
  "/",
  doc("Open a visitor's session with a property's embed key", VisitorSession),
  valid("param", BrowserId),
  valid("json", Visit),
  async (c) => {
    const door = doorOf(c, c.req.valid("param").browserId);
    return ok(c, presentOpenedSession(await openSession(door, c.req.valid("json"))));
  },
);

function doorOf(c: HonoContext<BaseEnv>, browserId: string): Door {
  return {
    env: c.env,
    requestId: c.var.requestId,
    log: c.var.log,
    waitUntil: (work) => c.executionCtx.waitUntil(work),
    parts,
    browserId,
    origin: c.req.header("origin") ?? null,
    userAgent: c.req.header("user-agent") ?? null,
  };
}
