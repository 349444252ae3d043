import type { leads } from "../../db/schema/conversations.ts";
import { leadName } from "../leads/lead-work.ts";
import { leadWorkflow } from "../status/workflows/lead.ts";
import type { Words } from "./interpolate.ts";

export type Told = {
  lead: Pick<typeof leads.$inferSelect, "firstName" | "lastName" | "email" | "phone" | "leadScore">;
  property: { name: string; timeZone: string };
  /** Name of the lead's manager. */
  assignedTo: string | null;
  oldStatus: string | null;
  newStatus: string;
  reason: string | null;
  changedBy: string;
  at: Date;
};

/** What a template's variables stand for in a lead's change of status. */
export function changeWords({ lead, property, ...change }: Told): Words {
  return {
    lead_name: leadName(lead),
    first_name: lead.firstName ?? "",
    last_name: lead.lastName ?? "",
    lead_email: lead.email ?? "",
    lead_phone: lead.phone ?? "",
    lead_score: lead.leadScore === null ? "" : String(lead.leadScore),
    property_name: property.name,
    old_status: change.oldStatus === null ? "" : statusLabel(change.oldStatus),
    new_status: statusLabel(change.newStatus),
    status_reason: change.reason ?? "",
    assigned_to: change.assignedTo ?? "",
    changed_by: change.changedBy,
    changed_at: localTime(change.at, property.timeZone),
  };
}

/** "Tour scheduled" for `tour_scheduled`; a company's own statuses are read as words. */
export function statusLabel(status: string): string {
  const step = leadWorkflow.steps.find(({ status_name: name }) => name === status);
  const words = status.replaceAll("_", " ");
  return step?.status_label ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** "Nov 24, 9:30 AM CST" */
function localTime(at: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZoneName: "short",
  });
  return format.format(at).replaceAll("\u202f", " ");
}
