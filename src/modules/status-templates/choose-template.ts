/** Words for a lead's way from one status to another; null stands for any. */
export type StatusTemplate = {
  old_status: string | null;
  new_status: string | null;
  title: string;
  body: string;
};

/** Said where a property has no words of its own. */
export const defaultTemplate: StatusTemplate = {
  old_status: null,
  new_status: null,
  title: "{{lead_name}}: {{new_status}}",
  body: '{{lead_name}} is now "{{new_status}}"',
};

/** The same where somebody has said why. */
const defaultWithReason: StatusTemplate = { ...defaultTemplate, body: "{{status_reason}}" };

/** The words for a change: those for both statuses first, then for the new one, the old one, any; then ours. */
export function getNotificationTemplate(
  own: StatusTemplate[],
  change: { oldStatus: string | null; newStatus: string; reason: string | null },
): StatusTemplate {
  const { oldStatus, newStatus, reason } = change;
  const find = (from: string | null, to: string | null) =>
    own.find((template) => template.old_status === from && template.new_status === to);
  return (
    (oldStatus === null ? undefined : find(oldStatus, newStatus)) ??
    find(null, newStatus) ??
    (oldStatus === null ? undefined : find(oldStatus, null)) ??
    find(null, null) ??
    (reason === null ? defaultTemplate : defaultWithReason)
  );
}

export type NotificationPriority = "low" | "normal" | "high";

const priorities: Record<string, NotificationPriority> = {
  new: "high",
  contacted: "low",
  qualified: "normal",
  tour_scheduled: "high",
  application: "high",
  leased: "normal",
  lost: "low",
};

/** How much a status presses: high where a person waits for us, low where nothing is to be done. */
export function getNotificationPriority(status: string, urgency?: unknown): NotificationPriority {
  if (urgency === "high") return "high";
  return priorities[status] ?? "normal";
}
