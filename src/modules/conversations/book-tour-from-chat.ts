import { and, eq, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { invalidFields } from "../../core/errors.ts";
import { users } from "../../db/schema/users.ts";
import { bookTour } from "../tours/book-tour.ts";
import type { TourRow } from "../tours/present.ts";
import type { ConversationRow } from "./present.ts";
import { getConversation } from "./queries.ts";
import type { TourWish } from "./schemas.ts";

/** Books for the visitor of a conversation; what the request does not say of the person is taken from the visitor. */
export async function bookTourFromChat(ctx: Context, id: string, wish: TourWish): Promise<TourRow> {
  const { conversation } = await getConversation(ctx, id);
  const visitor = await visitorOf(ctx, conversation);
  const name = wish.prospect_name ?? [visitor?.firstName, visitor?.lastName].filter(Boolean).join(" ");
  const email = wish.prospect_email ?? visitor?.email ?? null;
  const phone = wish.prospect_phone ?? visitor?.phone ?? null;
  if (!name)
    throw invalidFields([{ field: "prospect_name", message: "is required: the visitor gave no name yet" }]);
  if (!email && !phone)
    throw invalidFields([
      { field: "prospect_email", message: "or prospect_phone is required: neither is known yet" },
    ]);
  return bookTour(ctx, {
    propertyId: conversation.propertyId,
    conversationId: id,
    userId: conversation.userId,
    startsAt: wish.starts_at,
    tourType: wish.tour_type,
    source: "chat",
    prospect: { name, email, phone },
    unitInterest: wish.unit_interest,
    specialRequests: wish.special_requests,
  });
}

/** What is known of the visitor of a conversation. */
export async function visitorOf(
  ctx: Context,
  { companyId, userId }: Pick<ConversationRow, "companyId" | "userId">,
) {
  const [visitor] = await ctx.db
    .select({ firstName: users.firstName, lastName: users.lastName, email: users.email, phone: users.phone })
    .from(users)
    .where(and(eq(users.companyId, companyId), eq(users.id, userId ?? ""), isNull(users.deletedAt)));
  return visitor;
}
