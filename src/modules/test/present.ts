import { iso } from "../../core/fields.ts";
import type { mails } from "../../db/schema/outgoing.ts";
import type { Demo } from "./find-demo.ts";

export function presentDemo({ password, sandboxUrl, platformAdmin, companies }: Demo) {
  return {
    password,
    sandbox_url: sandboxUrl,
    platform_admin: platformAdmin,
    companies: companies.map(({ id, name, webhookSecret, accounts, properties }) => ({
      id,
      name,
      webhook_secret: webhookSecret,
      accounts: accounts.map((account) => ({ id: account.id, email: account.email, role: account.role })),
      properties: properties.map((property) => ({
        id: property.id,
        name: property.name,
        time_zone: property.timeZone,
        chatbot_id: property.chatbotId,
        embed_key: property.embedKey,
        address: property.address,
        city: property.city,
        state: property.state,
        phone: property.phone,
        amenities: property.amenities ?? [],
        floor_plans: property.floorPlans.map(({ propertyId: _id, ...plan }) => plan),
      })),
    })),
  };
}

export function presentMail(mail: typeof mails.$inferSelect) {
  return {
    id: mail.id,
    company_id: mail.companyId,
    property_id: mail.propertyId,
    to: mail.toAddress,
    to_name: mail.toName,
    from: mail.fromAddress,
    from_name: mail.fromName,
    reply_to: mail.replyTo,
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    attachments: mail.attachments,
    status: mail.status,
    created_at: iso(mail.createdAt),
    sent_at: iso(mail.sentAt),
  };
}
