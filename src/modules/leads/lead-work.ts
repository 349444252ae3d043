import type { Work } from "../../core/outbox.ts";
import type { LeadRow } from "./present.ts";

/** All rows of one lead are worked in order. */
export function leadKey(leadId: string): string {
  return `lead:${leadId}`;
}

/** Has status and score of a lead drawn again from its facts. `because` names what changed, once and for all. */
export function leadFactsWork(leadId: string, because: string): Work {
  return {
    topic: "projections",
    key: leadKey(leadId),
    payload: { kind: "lead_facts", lead_id: leadId },
    dedupeKey: `lead_facts:${leadId}:${because}`,
  };
}

/** Has ResMan told of a lead's present state. `because` names what changed, once and for all. */
export function pushLeadWork(leadId: string, because: string): Work {
  return {
    topic: "resman-sync",
    key: leadKey(leadId),
    payload: { kind: "lead", lead_id: leadId },
    dedupeKey: `lead:${leadId}:${because}`,
  };
}

type Contact = { [Field in "firstName" | "lastName" | "email" | "phone"]?: LeadRow[Field] | undefined };

/** ResMan takes a person with a full name who can be reached. */
export function isPushable(lead: Contact): boolean {
  return Boolean(lead.firstName && lead.lastName && (lead.email || lead.phone));
}

/** "Nora Field", or what else the person can be called by. */
export function leadName(lead: Contact): string {
  return [lead.firstName, lead.lastName].filter(Boolean).join(" ") || lead.email || lead.phone || "A visitor";
}
