import { iso } from "../../core/fields.ts";
import type { users, userSessions } from "../../db/schema/users.ts";
import type { OpenedSession } from "./open-session.ts";

export type UserRow = typeof users.$inferSelect;
export type SessionRow = typeof userSessions.$inferSelect;

export function presentUser(row: UserRow) {
  return {
    id: row.id,
    company_id: row.companyId,
    first_name: row.firstName,
    last_name: row.lastName,
    email: row.email,
    phone: row.phone,
    age: row.age,
    lead_source: row.leadSource,
    hubspot_contact_id: row.hubspotContactId,
    browser_id: row.browserId,
    session_count: row.sessionCount,
    last_seen: iso(row.lastSeen),
    created_at: iso(row.createdAt),
    updated_at: iso(row.updatedAt),
  };
}

export function presentSession(row: SessionRow) {
  return {
    id: row.id,
    user_id: row.userId,
    property_id: row.propertyId,
    started_at: iso(row.startedAt),
    last_seen_at: iso(row.lastSeenAt),
    page_url: row.pageUrl,
    referrer: row.referrer,
    user_agent: row.userAgent,
    origin: row.origin,
  };
}

export function presentOpenedSession({ token, expiresAt, user, property, conversation }: OpenedSession) {
  return {
    token,
    expires_at: iso(expiresAt),
    user: presentUser(user),
    property: { id: property.id, name: property.name, time_zone: property.timeZone },
    chatbot: {
      is_active: property.chatbotIsActive,
      welcome_message: property.chatbotWelcomeMessage,
      theme_color: property.chatbotThemeColor,
      position: property.chatbotPosition,
      auto_open: property.chatbotAutoOpen,
      avatar_url: property.chatbotAvatarUrl,
      business_hours: property.chatbotBusinessHours,
      widget_settings: property.chatbotWidgetSettings ?? null,
    },
    conversation: conversation && {
      id: conversation.id,
      status: conversation.status,
      last_seq: conversation.lastSeq,
    },
  };
}
