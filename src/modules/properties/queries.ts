import { and, count, eq, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { offsetOf, orderBy, type Paged, pageOf } from "../../core/page.ts";
import { inCompany, inProperties, only } from "../../core/scope.ts";
import { contains, isWord } from "../../db/contains.ts";
import { properties } from "../../db/schema/properties.ts";
import type { PropertyRow } from "./present.ts";
import type { PropertyChanges, PropertyQuery } from "./schemas.ts";

/** Properties the caller may see: all of the company's, or those an account is assigned to. */
export function visible(ctx: Context) {
  return and(
    inCompany(ctx, properties.companyId),
    inProperties(ctx, properties.id),
    isNull(properties.deletedAt),
  );
}

export async function getProperty(ctx: Context, id: string): Promise<PropertyRow> {
  return only(
    await ctx.db
      .select()
      .from(properties)
      .where(and(visible(ctx), eq(properties.id, id))),
    "Property",
  );
}

export async function listProperties(ctx: Context, query: PropertyQuery): Promise<Paged<PropertyRow>> {
  return pageOf(query, await ctx.db.batch(propertyPage(ctx, query)));
}

/** The statements of the list: the page and the count of all that match. */
export function propertyPage(ctx: Context, query: PropertyQuery) {
  const { name, address, city, state, zipCode, propertyType, chatbotIsActive, createdAt, id } = properties;
  const where = and(
    visible(ctx),
    query.q ? contains(query.q, name, address, city, zipCode) : undefined,
    query.city ? isWord(city, query.city) : undefined,
    query.state ? isWord(state, query.state) : undefined,
    query.property_type ? isWord(propertyType, query.property_type) : undefined,
    query.chatbot_is_active === undefined ? undefined : eq(chatbotIsActive, query.chatbot_is_active),
  );
  const page = ctx.db
    .select()
    .from(properties)
    .where(where)
    .orderBy(...orderBy(query.sort, "name", { name, city, created_at: createdAt }, id))
    .limit(query.limit)
    .offset(offsetOf(query));
  return [page, ctx.db.select({ total: count() }).from(properties).where(where)] as const;
}

/** The columns a draft or a change names; absent fields stay undefined. */
export function columnsOf(draft: PropertyChanges) {
  return {
    phone: draft.phone,
    email: draft.email,
    propertyType: draft.property_type,
    unitsCount: draft.units_count,
    amenities: draft.amenities,
    features: draft.features,
    websiteUrl: draft.website_url,
    hubspotPropertyId: draft.hubspot_property_id,
    officeHours: draft.office_hours,
    tourRules: draft.tour_rules,
    resmanPropertyId: draft.resman_property_id,
    resmanSourceId: draft.resman_source_id,
    resmanAgentId: draft.resman_agent_id,
    resmanLostReasonId: draft.resman_lost_reason_id,
    chatbotAvatarUrl: draft.chatbot_avatar_url,
    chatbotWelcomeMessage: draft.chatbot_welcome_message,
    chatbotWidgetSettings: draft.chatbot_widget_settings,
    chatbotThemeColor: draft.chatbot_theme_color,
    chatbotPosition: draft.chatbot_position,
    chatbotAutoOpen: draft.chatbot_auto_open,
    chatbotBusinessHours: draft.chatbot_business_hours,
  };
}
