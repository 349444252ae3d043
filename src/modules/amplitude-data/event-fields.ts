/** Added up over the events of a session. */
export const counters = [
  "user_messages_sent",
  "bot_messages_received",
  "answer_button_clicks",
  "email_office_clicked",
  "phone_call_clicked",
  "widget_minimized",
] as const;

/** True once an event has said so. */
export const flags = [
  "chat_session_started",
  "contact_captured",
  "tour_booked",
  "incentive_offered",
  "incentive_accepted",
  "incentive_expired",
  "admin_handoff_triggered",
  "customer_service_escalated",
  "conversation_abandoned",
  "widget_session_ended",
  "qualified",
  "pre_lease",
  "tour_intent",
  "hot",
  "signed",
] as const;

/** The last one told stands. */
export const texts = ["contact_method", "tour_type", "device_id", "page_url"] as const;

export type Counter = (typeof counters)[number];
export type Flag = (typeof flags)[number];
