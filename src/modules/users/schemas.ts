import * as z from "zod";
import { emailAddress, phoneNumber, shortText } from "../../core/fields.ts";
import { instant, pageQuery } from "../../core/page.ts";
import { OfficeHours } from "../properties/office-hours.ts";

export const UserId = z.object({ id: z.string() });

const browserId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,128}$/, "must have 8 to 128 letters, digits, - or _")
  .meta({ example: "b_0195f3a0c0de7000" });

export const BrowserId = z.object({ browserId });

const fields = {
  first_name: shortText.nullable().optional().meta({ example: "Nora" }),
  last_name: shortText.nullable().optional().meta({ example: "Field" }),
  email: emailAddress.nullable().optional().meta({ example: "nora@example.test" }),
  phone: phoneNumber.nullable().optional().meta({ example: "+13125550142" }),
  age: z.int().min(0).max(130).nullable().optional().describe("Kept as given; never enters a score"),
  lead_source: shortText.nullable().optional().meta({ example: "website" }),
  hubspot_contact_id: shortText.nullable().optional(),
  browser_id: browserId.nullable().optional(),
};

const naming = ["first_name", "last_name", "email", "phone", "browser_id"] as const;

export const UserDraft = z
  .object(fields)
  .refine((draft) => naming.some((name) => draft[name] != null), {
    error: `name at least one of ${naming.join(", ")}`,
  })
  .meta({ example: { first_name: "Nora", last_name: "Field", email: "nora@example.test" } });
export type UserDraft = z.infer<typeof UserDraft>;

export const UserChanges = z.object(fields).meta({ example: { phone: "+13125550142" } });
export type UserChanges = z.infer<typeof UserChanges>;

export const UserQuery = pageQuery(["created_at", "last_seen", "last_name"], {
  q: shortText.optional(),
  email: emailAddress.optional(),
  phone: phoneNumber.optional(),
  property_id: z.string().optional(),
  from: instant.optional().describe("Known since then or later"),
  to: instant.optional().describe("Known before then"),
});
export type UserQuery = z.infer<typeof UserQuery>;

export const User = z
  .object({
    id: z.string(),
    company_id: z.string(),
    first_name: z.string().nullable(),
    last_name: z.string().nullable(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
    age: z.int().nullable(),
    lead_source: z.string().nullable(),
    hubspot_contact_id: z.string().nullable(),
    browser_id: z.string().nullable(),
    session_count: z.int(),
    last_seen: z.iso.datetime().nullable(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: "User" });

export const SessionQuery = pageQuery(["started_at"], { property_id: z.string().optional() });
export type SessionQuery = z.infer<typeof SessionQuery>;

export const UserSession = z
  .object({
    id: z.string(),
    user_id: z.string(),
    property_id: z.string(),
    started_at: z.iso.datetime(),
    last_seen_at: z.iso.datetime(),
    page_url: z.string().nullable(),
    referrer: z.string().nullable(),
    user_agent: z.string().nullable(),
    origin: z.string().nullable(),
  })
  .meta({ id: "UserSession" });

/** What a browser says of itself; cut rather than refused, since no visitor can mend it. */
const fromBrowser = z
  .string()
  .nullish()
  .transform((text) => text?.trim().slice(0, 2000) || null);

export const Visit = z
  .object({
    embed_key: z.string().min(1).max(200),
    page_url: fromBrowser,
    referrer: fromBrowser,
    lead_source: shortText.nullish(),
    first_name: shortText.nullish(),
    last_name: shortText.nullish(),
    email: emailAddress.nullish(),
    phone: phoneNumber.nullish(),
  })
  .meta({ example: { embed_key: "pk_0123456789", page_url: "https://www.maple.example/homes" } });
export type Visit = z.infer<typeof Visit>;

export const LastSeen = z
  .object({ id: z.string(), browser_id: z.string(), last_seen: z.iso.datetime() })
  .meta({ id: "LastSeen" });

export const VisitorSession = z
  .object({
    token: z.string().describe("Opens what is this visitor's, for this property, from this origin"),
    expires_at: z.iso.datetime(),
    user: User,
    property: z.object({ id: z.string(), name: z.string(), time_zone: z.string() }),
    chatbot: z.object({
      is_active: z.boolean(),
      welcome_message: z.string().nullable(),
      theme_color: z.string().nullable(),
      position: z.enum(["bottom_right", "bottom_left"]).nullable(),
      auto_open: z.boolean().nullable(),
      avatar_url: z.string().nullable(),
      business_hours: OfficeHours.nullable(),
      widget_settings: z.json(),
    }),
    conversation: z
      .object({ id: z.string(), status: z.string(), last_seq: z.int() })
      .nullable()
      .describe("The visitor's latest conversation at this property that is not closed"),
  })
  .meta({ id: "VisitorSession" });
