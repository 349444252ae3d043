import * as z from "zod";
import {
  emailAddress,
  freeJson,
  hexColor,
  longText,
  phoneNumber,
  shortText,
  timeZone,
  webUrl,
} from "../../core/fields.ts";
import { pageQuery } from "../../core/page.ts";
import { TourRules } from "../tours/tour-rules.ts";
import { OfficeHours } from "./office-hours.ts";
import { WebOrigin } from "./origins.ts";

export const PropertyId = z.object({ id: z.string() });
export const ManagerAtProperty = z.object({ id: z.string(), managerId: z.string() });

const positions = ["bottom_right", "bottom_left"] as const;

const chatbot = {
  chatbot_avatar_url: webUrl.nullable().optional(),
  chatbot_is_active: z.boolean().optional(),
  chatbot_welcome_message: longText.nullable().optional().meta({ example: "Hi! Looking for a new home?" }),
  chatbot_widget_settings: freeJson.nullable().optional(),
  chatbot_theme_color: hexColor.nullable().optional().meta({ example: "#2E7D32" }),
  chatbot_position: z.enum(positions).nullable().optional(),
  chatbot_auto_open: z.boolean().nullable().optional(),
  chatbot_business_hours: OfficeHours.nullable()
    .optional()
    .describe("When a person is there to take over; null means the office hours"),
};

const place = {
  name: shortText.meta({ example: "Maple Court" }),
  address: shortText.meta({ example: "100 Main Street" }),
  city: shortText.meta({ example: "Chicago" }),
  state: shortText.meta({ example: "IL" }),
  zip_code: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9][A-Za-z0-9 -]{1,10}$/, "must be a postal code such as 60601")
    .meta({ example: "60601" }),
};

const resmanId = shortText.nullable().optional();

const details = {
  time_zone: timeZone.optional().describe("IANA name; a new property without one takes its state's"),
  phone: phoneNumber.nullable().optional(),
  email: emailAddress.nullable().optional(),
  property_type: shortText.nullable().optional().meta({ example: "apartment" }),
  units_count: z.int().min(0).max(100_000).nullable().optional(),
  amenities: freeJson.nullable().optional(),
  features: freeJson.nullable().optional(),
  website_url: webUrl.nullable().optional(),
  hubspot_property_id: shortText.nullable().optional(),
  office_hours: OfficeHours.nullable().optional(),
  tour_rules: TourRules.nullable().optional(),
  resman_property_id: resmanId,
  resman_source_id: resmanId,
  resman_agent_id: resmanId,
  resman_lost_reason_id: resmanId,
  allowed_origins: z
    .array(WebOrigin)
    .max(50)
    .transform((origins) => [...new Set(origins)])
    .optional()
    .describe("Where the chat may be shown; a new property without them takes its website_url's"),
};

export const PropertyDraft = z.object({ ...place, ...details, ...chatbot });
export type PropertyDraft = z.infer<typeof PropertyDraft>;

export const PropertyChanges = z
  .object({ ...z.object(place).partial().shape, ...details, ...chatbot })
  .meta({ example: { phone: "+13125550100", website_url: "https://www.maple.example" } });
export type PropertyChanges = z.infer<typeof PropertyChanges>;

export const ChatbotChanges = z
  .object(chatbot)
  .meta({ example: { chatbot_is_active: true, chatbot_theme_color: "#2E7D32" } });

export const PropertyQuery = pageQuery(["name", "created_at", "city"], {
  q: shortText.optional(),
  city: shortText.optional(),
  state: shortText.optional(),
  property_type: shortText.optional(),
  chatbot_is_active: z.stringbool().optional(),
});
export type PropertyQuery = z.infer<typeof PropertyQuery>;

const chatbotAnswer = {
  chatbot_id: z.string(),
  embed_key: z.string().describe("Public: names the property, opens nothing"),
  chatbot_avatar_url: z.string().nullable(),
  chatbot_is_active: z.boolean(),
  chatbot_welcome_message: z.string().nullable(),
  chatbot_embed_code: z.string(),
  chatbot_widget_settings: z.json(),
  chatbot_theme_color: z.string().nullable(),
  chatbot_position: z.enum(positions).nullable(),
  chatbot_auto_open: z.boolean().nullable(),
  chatbot_business_hours: OfficeHours.nullable(),
};

export const Property = z
  .object({
    id: z.string(),
    company_id: z.string(),
    name: z.string(),
    address: z.string(),
    city: z.string(),
    state: z.string(),
    zip_code: z.string(),
    time_zone: z.string(),
    phone: z.string().nullable(),
    email: z.string().nullable(),
    property_type: z.string().nullable(),
    units_count: z.int().nullable(),
    amenities: z.json(),
    features: z.json(),
    website_url: z.string().nullable(),
    hubspot_property_id: z.string().nullable(),
    office_hours: OfficeHours.nullable(),
    tour_rules: TourRules.nullable(),
    resman_property_id: z.string().nullable(),
    resman_source_id: z.string().nullable(),
    resman_agent_id: z.string().nullable(),
    resman_lost_reason_id: z.string().nullable(),
    allowed_origins: z.array(z.string()),
    ...chatbotAnswer,
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: "Property" });

export const Chatbot = z.object({ property_id: z.string(), ...chatbotAnswer }).meta({ id: "Chatbot" });

export const EmbedCode = z
  .object({
    property_id: z.string(),
    embed_key: z.string(),
    embed_code: z.string(),
    script_url: z.string(),
    allowed_origins: z.array(z.string()),
    instructions: z.array(z.string()).describe("Steps, in order"),
  })
  .meta({ id: "EmbedCode" });
