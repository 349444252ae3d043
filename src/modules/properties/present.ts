import type { Config } from "../../core/config.ts";
import { iso } from "../../core/fields.ts";
import type { properties } from "../../db/schema/properties.ts";
import { embedCode, embedInstructions, scriptUrl } from "./embed-code.ts";

export type PropertyRow = typeof properties.$inferSelect;

/** Where the API itself is at home: what a snippet of HTML must point to. */
type Home = { config: Pick<Config, "APP_ORIGIN"> };

export function presentProperty(home: Home) {
  return (row: PropertyRow) => ({
    id: row.id,
    company_id: row.companyId,
    name: row.name,
    address: row.address,
    city: row.city,
    state: row.state,
    zip_code: row.zipCode,
    time_zone: row.timeZone,
    phone: row.phone,
    email: row.email,
    property_type: row.propertyType,
    units_count: row.unitsCount,
    amenities: row.amenities ?? null,
    features: row.features ?? null,
    website_url: row.websiteUrl,
    hubspot_property_id: row.hubspotPropertyId,
    office_hours: row.officeHours,
    tour_rules: row.tourRules,
    resman_property_id: row.resmanPropertyId,
    resman_source_id: row.resmanSourceId,
    resman_agent_id: row.resmanAgentId,
    resman_lost_reason_id: row.resmanLostReasonId,
    allowed_origins: row.allowedOrigins,
    ...chatbotOf(home, row),
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
  });
}

export function presentChatbot(home: Home, row: PropertyRow) {
  return { property_id: row.id, ...chatbotOf(home, row) };
}

export function presentEmbedCode({ config }: Home, row: PropertyRow) {
  const code = embedCode(config.APP_ORIGIN, row.embedKey);
  return {
    property_id: row.id,
    embed_key: row.embedKey,
    embed_code: code,
    script_url: scriptUrl(config.APP_ORIGIN),
    allowed_origins: row.allowedOrigins,
    instructions: embedInstructions({
      embedCode: code,
      allowedOrigins: row.allowedOrigins,
      isActive: row.chatbotIsActive,
    }),
  };
}

function chatbotOf({ config }: Home, row: PropertyRow) {
  return {
    chatbot_id: row.chatbotId,
    embed_key: row.embedKey,
    chatbot_avatar_url: row.chatbotAvatarUrl,
    chatbot_is_active: row.chatbotIsActive,
    chatbot_welcome_message: row.chatbotWelcomeMessage,
    chatbot_embed_code: embedCode(config.APP_ORIGIN, row.embedKey),
    chatbot_widget_settings: row.chatbotWidgetSettings ?? null,
    chatbot_theme_color: row.chatbotThemeColor,
    chatbot_position: row.chatbotPosition,
    chatbot_auto_open: row.chatbotAutoOpen,
    chatbot_business_hours: row.chatbotBusinessHours,
  };
}
