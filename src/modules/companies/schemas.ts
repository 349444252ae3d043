import * as z from "zod";
import { pageQuery } from "../../core/page.ts";
import { emailAddress, phoneNumber, shortText, webUrl } from "../../core/fields.ts";

export const CompanyId = z.object({ id: z.string() });

const fields = {
  name: shortText.meta({ example: "Maple Residential" }),
  logo_url: webUrl.nullable().optional(),
  contact_email: emailAddress.nullable().optional().meta({ example: "office@maple.test" }),
  contact_phone: phoneNumber.nullable().optional().meta({ example: "+13125550100" }),
  hubspot_company_id: shortText.nullable().optional(),
  calendly_org_uri: webUrl.nullable().optional(),
  resman_account_id: shortText.nullable().optional().meta({ example: "400" }),
};

export const CompanyDraft = z.object({ ...fields, is_sandbox: z.boolean().default(false) });
export type CompanyDraft = z.infer<typeof CompanyDraft>;

export const CompanyChanges = z.object({ ...fields, name: fields.name.optional() });
export type CompanyChanges = z.infer<typeof CompanyChanges>;

export const CompanyQuery = pageQuery(["name", "created_at"], { q: shortText.optional() });
export type CompanyQuery = z.infer<typeof CompanyQuery>;

export const Company = z
  .object({
    id: z.string(),
    name: z.string(),
    logo_url: z.string().nullable(),
    contact_email: z.string().nullable(),
    contact_phone: z.string().nullable(),
    hubspot_company_id: z.string().nullable(),
    calendly_org_uri: z.string().nullable(),
    resman_account_id: z.string().nullable(),
    sendgrid_api_key: z.string().nullable().describe("Masked: the last four characters"),
    amplitude_api_key: z.string().nullable().describe("Masked: the last four characters"),
    openai_api_key: z.string().nullable().describe("Masked: the last four characters"),
    is_sandbox: z.boolean(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: "Company" });

export const secretNames = [
  "sendgrid_api_key",
  "sendgrid_webhook_public_key",
  "amplitude_api_key",
  "openai_api_key",
  "calendly_api_token",
  "resman_api_key",
  "twilio_auth_token",
] as const;
export type SecretName = (typeof secretNames)[number];

const secretValue = z.string().trim().min(8).max(500).nullable().optional();

export const IntegrationChanges = z
  .object({
    calendly_org_uri: fields.calendly_org_uri,
    hubspot_company_id: fields.hubspot_company_id,
    resman_account_id: fields.resman_account_id,
    twilio_account_sid: z
      .string()
      .regex(/^AC[0-9a-f]{32}$/, "must be an account SID, AC and 32 hexadecimal digits")
      .nullable()
      .optional(),
    twilio_from: z
      .union([z.string().regex(/^MG[0-9a-f]{32}$/), phoneNumber])
      .nullable()
      .optional()
      .describe("What text messages come from: a number, or the SID of a messaging service"),
    sendgrid_api_key: secretValue,
    sendgrid_webhook_public_key: secretValue.describe(
      "The verification key of SendGrid's signed event webhook",
    ),
    amplitude_api_key: secretValue,
    openai_api_key: secretValue,
    calendly_api_token: secretValue.describe("A personal access token of somebody in the organization"),
    resman_api_key: secretValue,
    twilio_auth_token: secretValue,
  })
  .meta({ example: { sendgrid_api_key: "SG.example-key-value" } });
export type IntegrationChanges = z.infer<typeof IntegrationChanges>;

const MaskedSecret = z.object({
  configured: z.boolean(),
  last_four: z.string().nullable(),
  updated_at: z.iso.datetime().nullable(),
});

export const Integrations = z
  .object({
    calendly_org_uri: z.string().nullable(),
    hubspot_company_id: z.string().nullable(),
    resman_account_id: z.string().nullable(),
    twilio_account_sid: z.string().nullable(),
    twilio_from: z.string().nullable(),
    sendgrid_api_key: MaskedSecret,
    sendgrid_webhook_public_key: MaskedSecret,
    amplitude_api_key: MaskedSecret,
    openai_api_key: MaskedSecret,
    calendly_api_token: MaskedSecret,
    resman_api_key: MaskedSecret,
    twilio_auth_token: MaskedSecret,
  })
  .meta({ id: "Integrations" });

export const testedVendors = ["resman", "sendgrid", "amplitude", "openai", "calendly", "twilio"] as const;
export type TestedVendor = (typeof testedVendors)[number];

export const IntegrationTest = z
  .object({ vendor: z.enum(testedVendors) })
  .meta({ example: { vendor: "resman" } });
export type IntegrationTest = z.infer<typeof IntegrationTest>;

export const IntegrationTestResult = z
  .object({
    vendor: z.string(),
    ok: z.boolean(),
    message: z.string(),
    latency_ms: z.number(),
    checked_at: z.iso.datetime(),
  })
  .meta({ id: "IntegrationTestResult" });
