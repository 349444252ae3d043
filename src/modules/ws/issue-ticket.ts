import { and, eq, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { AppError, notFound } from "../../core/errors.ts";
import { inCompany, inProperties, only } from "../../core/scope.ts";
import { properties } from "../../db/schema/properties.ts";
import { chatRoom, liveFeed } from "../../durable/stubs.ts";
import { seatFor } from "../conversations/converse.ts";
import { aboutOf, getConversation } from "../conversations/queries.ts";
import { requireLook } from "../property-managers/notifications.ts";
import type { TicketWish } from "./schemas.ts";

/** Where a socket goes to: the path of its endpoint and its company. */
export type Admission = { ticket: string; path: string; expiresAt: number; companyId: string };

/** Lets the caller's next socket in once, to a conversation or a feed the caller may see. */
export async function issueTicket(ctx: Context, wish: TicketWish, origin: string | null): Promise<Admission> {
  requireToSee(ctx, wish);
  if ("conversation_id" in wish) return toConversation(ctx, wish.conversation_id, origin);
  if (ctx.actor.kind === "visitor") throw notFound("Feed");
  return "manager_id" in wish ? toManager(ctx, wish.manager_id) : toProperty(ctx, wish.property_id);
}

/** Every role may look at all three; a program's key may not. */
function requireToSee({ actor }: Context, wish: TicketWish): void {
  const permission =
    "conversation_id" in wish
      ? "view_conversations"
      : "manager_id" in wish
        ? "view_notifications"
        : "view_analytics";
  if (actor.kind === "staff" && !actor.permissions.has(permission))
    throw new AppError("INSUFFICIENT_PERMISSIONS", `Insufficient permissions: ${permission} required`);
}

async function toConversation(ctx: Context, id: string, origin: string | null): Promise<Admission> {
  const { conversation } = await getConversation(ctx, id);
  const { companyId } = conversation;
  const seat = seatFor(ctx, conversation.propertyId, origin);
  const admitted = await chatRoom(ctx.env, companyId, id).admit(aboutOf(ctx, conversation), seat);
  return { ...admitted, companyId, path: `/api/ws/chat/${id}` };
}

/** One's own notifications; managers and above hear of their colleagues' what lies at their own properties. */
async function toManager(ctx: Context, id: string): Promise<Admission> {
  const { companyId } = await requireLook(ctx, id);
  const admitted = await liveFeed(ctx.env, companyId, "manager", id).admit(ctx.actor.id, heardOf(ctx, id));
  return { ...admitted, companyId, path: `/api/ws/notifications/${id}` };
}

function heardOf({ actor }: Context, managerId: string): string[] | null {
  if (actor.kind !== "staff" || actor.managerId === managerId || actor.properties === "all") return null;
  return [...actor.properties.keys()];
}

async function toProperty(ctx: Context, id: string): Promise<Admission> {
  const rows = await ctx.db
    .select({ companyId: properties.companyId })
    .from(properties)
    .where(
      and(
        inCompany(ctx, properties.companyId),
        inProperties(ctx, properties.id),
        eq(properties.id, id),
        isNull(properties.deletedAt),
      ),
    );
  const { companyId } = only(rows, "Property");
  const admitted = await liveFeed(ctx.env, companyId, "property", id).admit(ctx.actor.id, null);
  return { ...admitted, companyId, path: `/api/ws/analytics/${id}` };
}
