import * as z from "zod";
import { roles } from "../../core/permissions.ts";
import { emailAddress } from "../../core/fields.ts";
import { instant, pageQuery } from "../../core/page.ts";

const FloorPlan = z.object({
  name: z.string(),
  bedrooms: z.int(),
  bathrooms: z.number(),
  square_feet: z.int().nullable(),
  rent_from: z.int().describe("Whole dollars a month"),
  available_count: z.int(),
});

export const Demo = z
  .object({
    password: z.string(),
    sandbox_url: z.string().nullable(),
    platform_admin: z.object({ id: z.string(), email: z.string() }),
    companies: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        webhook_secret: z.string(),
        accounts: z.array(z.object({ id: z.string(), email: z.string(), role: z.enum(roles) })),
        properties: z.array(
          z.object({
            id: z.string(),
            name: z.string(),
            time_zone: z.string(),
            chatbot_id: z.string(),
            embed_key: z.string(),
            address: z.string(),
            city: z.string(),
            state: z.string(),
            phone: z.string().nullable(),
            amenities: z.json(),
            floor_plans: z.array(FloorPlan),
          }),
        ),
      }),
    ),
  })
  .meta({ id: "Demo" });

export const OutboxQuery = pageQuery(["created_at"], {
  to: z.string().min(1).optional().describe("The whole address"),
  company_id: z.string().min(1).optional(),
});
export type OutboxQuery = z.infer<typeof OutboxQuery>;

export const Mail = z
  .object({
    id: z.string(),
    company_id: z.string(),
    property_id: z.string().nullable(),
    to: z.string(),
    to_name: z.string().nullable(),
    from: z.string(),
    from_name: z.string().nullable(),
    reply_to: z.string().nullable(),
    subject: z.string(),
    text: z.string(),
    html: z.string().nullable(),
    attachments: z.array(
      z.object({ filename: z.string(), type: z.string(), content: z.string().describe("base64") }),
    ),
    status: z.enum(["queued", "sending", "sent", "kept", "failed"]),
    created_at: z.iso.datetime(),
    sent_at: z.iso.datetime().nullable(),
  })
  .meta({ id: "OutboxMail" });

export const ClockSetting = z
  .object({
    company_id: z.string().min(1),
    now: instant.nullable().describe("null returns to real time"),
  })
  .meta({ example: { company_id: "0195f3a0-0000-7000-8000-000000000001", now: "2026-03-01T10:00:00Z" } });
export type ClockSetting = z.infer<typeof ClockSetting>;

export const Clock = z
  .object({ company_id: z.string(), now: z.iso.datetime(), offset_ms: z.int() })
  .meta({ id: "Clock" });

const inCompany = {
  company_id: z.string().min(1).optional().describe("The oldest sandbox company unless named"),
};

export const CompanyChoice = z.object(inCompany).meta({ example: {} });

export const MailTrial = z
  .object({ ...inCompany, to: emailAddress })
  .meta({ example: { to: "nora@example.test" } });

const trial = { ok: z.boolean(), latency_ms: z.number() };

export const MailTrialResult = z
  .object({
    ...trial,
    mail_id: z.string(),
    status: z.string().describe("`kept` where the company has no mail vendor"),
    message: z.string().nullable(),
  })
  .meta({ id: "MailTrialResult" });

export const WebhookTrialResult = z
  .object({
    ...trial,
    webhook_id: z.string(),
    url: z.string(),
    status_code: z.int().nullable(),
    message: z.string().nullable(),
  })
  .meta({ id: "WebhookTrialResult" });

export const AnalyticsTrialResult = z
  .object({
    ...trial,
    conversations: z.int().describe("How many of the latest were calculated afresh"),
    engagement: z.array(
      z.object({ conversation_id: z.string(), engagement_points: z.int(), engagement_score: z.string() }),
    ),
    different_sums: z.int().describe("Daily sums that are not what their conversations come to"),
  })
  .meta({ id: "AnalyticsTrialResult" });
