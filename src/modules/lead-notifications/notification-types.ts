export const channels = ["in_app", "email", "sms"] as const;
export type Channel = (typeof channels)[number];

export type NotificationType = {
  label: string;
  /** What a manager gets who has chosen nothing. */
  usual: readonly Channel[];
  /** Cannot be switched off: its usual channels are always used, and quiet hours do not hold it back. */
  isMandatory?: true;
  /**
   * Several about one conversation within a short time are one notification with a count. By mail or text message the
   * first leaves at once, the others together when that time is over.
   */
  isCounted?: true;
};

/** What managers are told of, in the order people choose from. */
export const notificationTypes = {
  handoff_requested: { label: "A visitor asks for a person", usual: ["in_app", "email"], isMandatory: true },
  visitor_message: { label: "A visitor has written to a person", usual: ["in_app"], isCounted: true },
  new_lead: { label: "New lead", usual: ["in_app"] },
  question_open: { label: "Question without an approved answer", usual: ["in_app"], isCounted: true },
  task_created: { label: "New task", usual: ["in_app"] },
  task_assigned: { label: "A task is yours", usual: ["in_app"] },
  faq_assigned: { label: "A question is yours to answer", usual: ["in_app"] },
  faq_needs_review: { label: "An answer needs a review", usual: ["in_app"] },
  follow_up_due: { label: "Time to follow up", usual: ["in_app"] },
  tour_booked: { label: "New tour", usual: ["in_app"] },
  tour_rescheduled: { label: "Tour moved", usual: ["in_app"] },
  tour_cancelled: { label: "Tour cancelled", usual: ["in_app"] },
  status_changed: { label: "A status has changed", usual: ["in_app"] },
  status_workflow: { label: "Told by a workflow", usual: ["in_app"] },
  sla_warning: { label: "Soon overdue", usual: ["in_app"] },
  sla_overdue: { label: "Overdue", usual: ["in_app"], isMandatory: true },
  approval_requested: { label: "Approval asked", usual: ["in_app"] },
  approval_rejected: { label: "Approval refused", usual: ["in_app"] },
  workflow_failed: { label: "A workflow got stuck", usual: ["in_app"] },
  workflow_stopped: { label: "A workflow was stopped", usual: ["in_app"] },
  email_failed: { label: "An e-mail could not be sent", usual: ["in_app"] },
  email_bounced: { label: "An e-mail came back", usual: ["in_app"] },
  email_campaign_sent: { label: "A campaign has been sent", usual: ["in_app"] },
  email_campaign_paused: { label: "A campaign has been paused", usual: ["in_app"] },
  mail_failed: { label: "A mail was not sent", usual: ["in_app"] },
  resman_sync_failed: { label: "ResMan has not taken a lead", usual: ["in_app"], isMandatory: true },
} as const satisfies Record<string, NotificationType>;

/** A type nobody has described is shown in the app, and nothing more. */
export function notificationType(type: string): NotificationType {
  const known: Record<string, NotificationType> = notificationTypes;
  return Object.hasOwn(known, type) && known[type]
    ? known[type]
    : { label: inWords(type), usual: ["in_app"] };
}

function inWords(type: string): string {
  const words = type.replaceAll(/[_\s]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
