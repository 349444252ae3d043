import type { ProspectState } from "../../integrations/pms.ts";
import type { LeadStatus } from "../leads/schemas.ts";

/** A lead's status as ResMan knows it, and whether it is ours to write there. */
export type ResmanStatus = { state: ProspectState; isOurs: boolean };

/**
 * ResMan knows a prospect as open or lost; how far an open one has come with us has no field there. Applicants and
 * residents are made by ResMan's own workflow: we read that and never write it.
 */
export function mapChatbotStatusToResMan(chatbotStatus: string): ResmanStatus {
  switch (chatbotStatus) {
    case "lost":
      return { state: "lost", isOurs: true };
    case "application":
      return { state: "applicant", isOurs: false };
    case "leased":
      return { state: "resident", isOurs: false };
    default:
      return { state: "prospect", isOurs: true };
  }
}

/**
 * Where what ResMan says brings a lead of ours; null where it says nothing new. An open prospect says only that a
 * lost one is back. A former resident and whatever else ResMan knows are no news of this lead, and no lead leaves a
 * lease again.
 */
export function mapResManStatusToChatbot(
  resmanStatus: ProspectState,
  current: string | null,
): LeadStatus | null {
  const said: Partial<Record<ProspectState, LeadStatus>> = {
    lost: "lost",
    applicant: "application",
    resident: "leased",
    ...(current === "lost" ? { prospect: "contacted" } : {}),
  };
  const next = said[resmanStatus] ?? null;
  return next === current || current === "leased" ? null : next;
}
