import { doc, ok, valid } from "../../core/http.ts";
import { parts, publicRoutes } from "../../core/routers.ts";
import { openSession } from "./open-session.ts";
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
    const { env, var: known, executionCtx } = c;
    const opened = await openSession(
      {
        env,
        requestId: known.requestId,
        log: known.log,
        waitUntil: (work) => executionCtx.waitUntil(work),
        parts,
        browserId: c.req.valid("param").browserId,
        origin: c.req.header("origin") ?? null,
        userAgent: c.req.header("user-agent") ?? null,
      },
      c.req.valid("json"),
    );
    return ok(c, presentOpenedSession(opened));
  },
);
