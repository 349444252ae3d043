import type { Work } from "../../core/outbox.ts";

/** Has a contact's status machine and its row brought in line. `because` names what changed, once and for all. */
export function alignContactWork(contactId: string, because: string): Work {
  return {
    topic: "projections",
    key: `contact:${contactId}`,
    payload: { kind: "contact_status", contact_id: contactId },
    dedupeKey: `contact_status:${contactId}:${because}`,
  };
}

type Person = { [Field in "firstName" | "lastName" | "email" | "phone"]?: string | null | undefined };

/**
 * Has a lead's contact found or made, where something new was said of who the person is and it is known how to reach
 * him. `because` names what changed, once and for all.
 */
export function contactOfLeadWork(leadId: string, before: Person, said: Person, because: string): Work[] {
  const { email, phone } = { ...before, ...said };
  const isNews = (["firstName", "lastName", "email", "phone"] as const).some((field) => Boolean(said[field]));
  if (!isNews || !(email || phone)) return [];
  const payload = { kind: "contact_of_lead", lead_id: leadId };
  const dedupeKey = `contact_of_lead:${leadId}:${because}`;
  return [{ topic: "projections", key: `contact_of:${leadId}`, payload, dedupeKey }];
}
