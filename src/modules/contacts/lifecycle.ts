/**
 * Where a company stands with a person, moved by staff alone. A lead's status is another thing: how far one interest
 * in one property has come. A person may have several leads, and no source says which of them would speak for the
 * person, so that neither status moves the other; a contact's leads are listed beside it.
 */
export const relationshipStatuses = [
  "prospect",
  "qualified_lead",
  "opportunity",
  "active_client",
  "past_client",
  "lost_lead",
  "inactive",
] as const;

export const lifecycleStages = [
  "awareness",
  "interest",
  "consideration",
  "decision",
  "retention",
  "customer",
] as const;
export type LifecycleStage = (typeof lifecycleStages)[number];

const aligned: Partial<Record<string, LifecycleStage>> = {
  prospect: "awareness",
  qualified_lead: "interest",
  opportunity: "consideration",
  active_client: "customer",
};

/** The stage that goes with a status: the one that was said, the status' own, else the one there was. */
export function stageAt(status: string, said: string | null | undefined, before: string | null): string {
  return said ?? aligned[status] ?? before ?? "awareness";
}
