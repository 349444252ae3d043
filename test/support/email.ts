import { env } from "cloudflare:workers";
import { v7 as uuidv7 } from "uuid";
import { configOf } from "../../src/core/config.ts";
import { seal } from "../../src/core/secrets.ts";
import { companySecrets } from "../../src/db/schema/companies.ts";
import type { leads } from "../../src/db/schema/conversations.ts";
import {
  emailCampaigns,
  emailDrafts,
  emailSenders,
  emailSuppressions,
  emailTemplates,
} from "../../src/db/schema/email.ts";
import type { SecretName } from "../../src/modules/companies/schemas.ts";
import { db, type Property } from "./factories.ts";

const letter = { subject: "Hi {{ first_name }}", contentType: "markdown" as const, variables: {} };

/** A letter to a lead that nobody has sent. */
export async function aDraft(
  lead: typeof leads.$inferSelect,
  over: Partial<typeof emailDrafts.$inferInsert> = {},
) {
  const row = {
    id: uuidv7(),
    companyId: lead.companyId,
    propertyId: lead.propertyId,
    leadId: lead.id,
    ...letter,
    content: "Unit 204 is free.",
    status: "draft" as const,
    priority: "medium" as const,
    createdBy: "Anna",
    ...stamps(),
    ...over,
  };
  return first(await db.insert(emailDrafts).values(row).returning());
}

export async function aTemplate(property: Property, over: Partial<typeof emailTemplates.$inferInsert> = {}) {
  const id = uuidv7();
  const row = {
    id,
    companyId: property.companyId,
    propertyId: property.id,
    name: `Template ${id.slice(-6)}`,
    subject: letter.subject,
    content: "**{{ offer }}** at {{ property_name }}",
    contentType: letter.contentType,
    variables: [{ name: "offer", description: null, default: "One month free" }],
    ...stamps(),
    ...over,
  };
  return first(await db.insert(emailTemplates).values(row).returning());
}

/** A campaign to all of a property's leads that nobody has set going. */
export async function aCampaign(property: Property, over: Partial<typeof emailCampaigns.$inferInsert> = {}) {
  const row = {
    id: uuidv7(),
    companyId: property.companyId,
    propertyId: property.id,
    title: "Spring offer",
    ...letter,
    templateContent: "One month free at {{ property_name }}, {{ first_name }}.",
    audience: {},
    status: "draft" as const,
    mailsPerMinute: 6000,
    ...stamps(),
    ...over,
  };
  return first(await db.insert(emailCampaigns).values(row).returning());
}

export async function aSuppression(
  owner: { companyId: string },
  over: Partial<typeof emailSuppressions.$inferInsert> = {},
) {
  const row = {
    id: uuidv7(),
    companyId: owner.companyId,
    address: "gone@example.test",
    reason: "manual" as const,
    createdAt: new Date(),
    ...over,
  };
  return first(await db.insert(emailSuppressions).values(row).returning());
}

export async function aSender(property: Property, over: Partial<typeof emailSenders.$inferInsert> = {}) {
  const row = {
    companyId: property.companyId,
    propertyId: property.id,
    fromAddress: "hello@maple.test",
    fromName: "Maple Leasing",
    replyTo: "answers@maple.test",
    updatedAt: new Date(),
    ...over,
  };
  return first(await db.insert(emailSenders).values(row).returning());
}

/** Stores a company's secret as its settings would. */
export async function giveSecret(companyId: string, name: SecretName, secret: string): Promise<void> {
  const sealed = await seal(configOf(env), `${companyId}:${name}`, secret);
  await db
    .insert(companySecrets)
    .values({ companyId, name, ...sealed, lastFour: secret.slice(-4), updatedAt: new Date() });
}

export function giveSendgrid(companyId: string): Promise<void> {
  return giveSecret(companyId, "sendgrid_api_key", "SG.example-key-value");
}

function stamps() {
  const now = new Date();
  return { createdAt: now, updatedAt: now };
}

function first<Row>(rows: Row[]): Row {
  return rows[0]!;
}
