import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { at, flag, json, stamps } from "./columns.ts";

export const tours = sqliteTable(
  "tours",
  {
    /** Also the id of the tour's claim in the property's tour book. */
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    propertyId: text("property_id").notNull(),
    conversationId: text("conversation_id"),
    leadId: text("lead_id"),
    userId: text("user_id"),
    propertyManagerId: text("property_manager_id"),
    prospectName: text("prospect_name").notNull(),
    prospectEmail: text("prospect_email"),
    prospectPhone: text("prospect_phone"),
    unitInterest: text("unit_interest"),
    unitPreferences: json<string[]>("unit_preferences"),
    specialRequests: text("special_requests"),
    startsAt: at("tour_datetime").notNull(),
    durationMinutes: integer("duration_minutes").notNull(),
    /** As agreed when the tour was booked; later changes of the property's rules leave it alone. */
    bufferBeforeMinutes: integer("buffer_before_minutes").notNull(),
    bufferAfterMinutes: integer("buffer_after_minutes").notNull(),
    staffed: flag("staffed").notNull(),
    tourType: text("tour_type", { enum: ["in_person", "virtual", "self_guided"] }).notNull(),
    status: text("status", {
      enum: ["scheduled", "confirmed", "completed", "cancelled", "no_show"],
    }).notNull(),
    source: text("source", { enum: ["chat", "website", "phone", "walk_in"] }).notNull(),
    outcome: text("outcome", { enum: ["interested", "not_interested", "follow_up_needed"] }),
    staffNotes: text("staff_notes"),
    cancelReason: text("cancel_reason"),
    resmanEventId: text("resman_event_id"),
    /** Version of the tour that ResMan was last told. */
    resmanPushedVersion: integer("resman_pushed_version"),
    ...stamps(),
  },
  (table) => [
    index("tours_by_time").on(table.companyId, table.startsAt, table.id),
    index("tours_by_property").on(table.companyId, table.propertyId, table.startsAt, table.id),
    index("tours_by_manager").on(table.companyId, table.propertyManagerId, table.startsAt),
    index("tours_by_lead").on(table.companyId, table.leadId, table.startsAt),
    index("tours_by_user").on(table.companyId, table.userId, table.startsAt),
    index("tours_by_conversation").on(table.companyId, table.conversationId),
  ],
);
