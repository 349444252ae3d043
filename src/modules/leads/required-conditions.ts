import { leadWorkflow } from "../status/workflows/lead.ts";
import type { LeadFacts } from "./lead-facts.ts";

export type RequiredCondition = { field: string; description: string; met: boolean };

const descriptions: Record<string, string> = {
  has_name: "a name",
  has_contact: "an e-mail address or a phone number",
  has_live_tour: "a tour that is yet to come",
  has_application: "an application",
  status_reason: "a reason, as status_reason",
};

/**
 * What a lead must have before it may come to a status, and what of that it has. `missing` are fields a company's own
 * workflow asks for besides.
 */
export function getRequiredConditions(
  newStatus: string,
  known: Partial<LeadFacts> & { status_reason?: boolean },
  missing: string[] = [],
): RequiredCondition[] {
  const step = leadWorkflow.steps.find(({ status_name }) => status_name === newStatus);
  const fields = new Set([...(step?.required_fields ?? []), ...missing]);
  return [...fields].map((field) => ({
    field,
    description: descriptions[field] ?? field.replaceAll("_", " "),
    met: !missing.includes(field) && Boolean(known[field as keyof typeof known]),
  }));
}
