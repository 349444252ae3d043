import type { Context as HonoContext } from "hono";
import { AppError } from "../../core/errors.ts";
import { type BaseEnv, doc, ok, valid } from "../../core/http.ts";
import { guestRoutes, may, requestContext, socketRoutes } from "../../core/routers.ts";
import { chatRoom, liveFeed } from "../../durable/stubs.ts";
import { type Admission, issueTicket } from "./issue-ticket.ts";
import { SocketQuery, Ticket, TicketWish } from "./schemas.ts";

export const ticketRoutes = guestRoutes();

ticketRoutes.post(
  "/",
  may("view_conversations", { visitors: true }),
  doc("Get a one-time ticket for a socket; it opens one within a minute", Ticket, { status: 201 }),
  valid("json", TicketWish),
  async (c) => {
    const origin = c.req.header("origin") ?? null;
    const admission = await issueTicket(
      c.var.ctx,
      c.req.valid("json"),
      c.var.ctx.actor.kind === "visitor" ? origin : null,
    );
    const { ticket, url } = addressOf(c.var.ctx.config.APP_ORIGIN, admission);
    return ok(c, { ticket, url, expires_at: new Date(admission.expiresAt).toISOString() }, 201);
  },
);

export const wsRoutes = socketRoutes();

wsRoutes.get(
  "/chat/:conversationId",
  doc("Socket of a conversation"),
  valid("query", SocketQuery),
  async (c) => {
    const id = c.req.param("conversationId");
    const { ticket, companyId } = await ticketOf(c, c.req.valid("query").ticket, { conversation_id: id });
    return connect(c, chatRoom(c.env, companyId, id), ticket);
  },
);

wsRoutes.get(
  "/notifications/:managerId",
  doc("Socket of a manager's notifications"),
  valid("query", SocketQuery),
  async (c) => {
    const id = c.req.param("managerId");
    const { ticket, companyId } = await ticketOf(c, c.req.valid("query").ticket, { manager_id: id });
    return connect(c, liveFeed(c.env, companyId, "manager", id), ticket);
  },
);

wsRoutes.get(
  "/analytics/:propertyId",
  doc("Socket of a property's live events"),
  valid("query", SocketQuery),
  async (c) => {
    const id = c.req.param("propertyId");
    const { ticket, companyId } = await ticketOf(c, c.req.valid("query").ticket, { property_id: id });
    return connect(c, liveFeed(c.env, companyId, "property", id), ticket);
  },
);

/** The ticket names its company, so that the object can be found before anybody has signed in. */
function addressOf(origin: string, { companyId, ticket, path }: Admission) {
  const whole = `${companyId}.${ticket}`;
  return {
    ticket: whole,
    url: `${origin.replace(/^http/, "ws")}${path}?ticket=${encodeURIComponent(whole)}`,
  };
}

/** The ticket of the URL, or a fresh one for a caller who signs in by `Sec-WebSocket-Protocol: bearer, <token>`. */
async function ticketOf(c: HonoContext<BaseEnv>, given: string | undefined, wish: TicketWish) {
  if (given === undefined) return issueTicket(await requestContext(c), wish, c.req.header("origin") ?? null);
  const dot = given.indexOf(".");
  return { companyId: given.slice(0, Math.max(0, dot)), ticket: given.slice(dot + 1) };
}

type Target = { fetch(request: Request): Promise<Response> };

async function connect(c: HonoContext<BaseEnv>, target: Target, ticket: string): Promise<Response> {
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket")
    throw new AppError("VALIDATION_ERROR", "This address takes WebSocket upgrades only", undefined, 426);
  const url = new URL(c.req.url);
  url.searchParams.set("ticket", ticket);
  const answer = await target.fetch(new Request(url, { headers: c.req.raw.headers }));
  if (answer.status !== 101) throw new AppError("INVALID_TOKEN", "The ticket is not valid");
  const { webSocket } = answer;
  const headers: HeadersInit = c.req.header("sec-websocket-protocol")
    ? { "sec-websocket-protocol": "bearer" }
    : {};
  return new Response(null, { status: 101, webSocket, headers });
}
