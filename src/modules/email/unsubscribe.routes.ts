import { type Context as HonoContext, Hono } from "hono";
import { AppError } from "../../core/errors.ts";
import { type BaseEnv, doc } from "../../core/http.ts";
import { parts } from "../../core/routers.ts";
import { askingPage, deadPage, donePage } from "./unsubscribe-page.ts";
import { unsubscribe, type UnsubscribeDoor, whoseLink } from "./unsubscribe.ts";

/**
 * Open to whoever holds a link from one of our mails. Not counted: a mailbox provider sends the clicks of all its
 * users from a few addresses, and a link that was not made by us is told from its signature alone.
 */
export const unsubscribeRoutes = new Hono<BaseEnv>();

unsubscribeRoutes.get(
  "/:token",
  doc("A page that asks whether unsubscribing is meant; changes nothing", undefined, { media: "text/html" }),
  async (c) => {
    const address = await whoseLink(doorOf(c));
    return address === null ? html(c, deadPage(), 404) : html(c, askingPage(address));
  },
);

unsubscribeRoutes.post(
  "/:token",
  doc("Unsubscribe by one click (RFC 8058)", undefined, {
    media: "text/html",
    description: "Takes a form with `List-Unsubscribe=One-Click`, as mail programs and our own page send it",
  }),
  async (c) => {
    const form = await c.req.parseBody().catch(() => ({}));
    if ((form as Record<string, unknown>)["List-Unsubscribe"] !== "One-Click")
      throw new AppError("VALIDATION_ERROR", "Send a form with List-Unsubscribe=One-Click");
    const address = await unsubscribe(doorOf(c));
    return address === null ? html(c, deadPage(), 404) : html(c, donePage(address));
  },
);

function doorOf(c: HonoContext<BaseEnv>): UnsubscribeDoor {
  const waitUntil = (work: Promise<unknown>) => c.executionCtx.waitUntil(work);
  return { env: c.env, token: c.req.param("token") ?? "", parts, waitUntil };
}

function html(c: HonoContext<BaseEnv>, page: string, status: 200 | 404 = 200) {
  c.header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'");
  c.header("Cache-Control", "no-store");
  return c.html(page, status);
}
