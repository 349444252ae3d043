import type { ScoreReason } from "../../db/schema/conversations.ts";

/** What a lead is scored by. Who the person is, with whom he would live and his animals are left out on purpose. */
export type Scored = {
  firstName: string | null;
  lastName: string | null;
  email: string | null;
  phone: string | null;
  bedrooms: number | null;
  moveInDate: string | null;
  leaseMonths: number | null;
  priceRangeMin: number | null;
  priceRangeMax: number | null;
};

export type LeadScore = { score: number; reasons: ScoreReason[] };

const dayMs = 86_400_000;

/**
 * 0 to 100: how ready a lead is to rent, and what each point was given for. `today` is a local date, YYYY-MM-DD;
 * `adjustments` are points given or taken besides.
 */
export function scoreLead(
  lead: Scored,
  hasLiveTour: boolean,
  today: string,
  adjustments: ScoreReason[] = [],
): LeadScore {
  const reasons: ScoreReason[] = [];
  const give = (points: number, reason: string) => void (points > 0 && reasons.push({ reason, points }));
  if (hasLiveTour) give(25, "has a tour ahead");
  if (lead.moveInDate) give(urgency(lead.moveInDate, today), `wants to move in on ${lead.moveInDate}`);
  if (lead.firstName && lead.lastName) give(10, "gave a full name");
  if (lead.email) give(10, "gave an e-mail address");
  if (lead.phone) give(10, "gave a phone number");
  if (lead.priceRangeMin !== null || lead.priceRangeMax !== null) give(10, "named a budget");
  if (lead.bedrooms !== null) give(5, "named a number of bedrooms");
  if (lead.leaseMonths !== null) give(5, "named a lease term");
  reasons.push(...adjustments);
  const sum = reasons.reduce((total, { points }) => total + points, 0);
  const score = Math.min(100, Math.max(0, sum));
  if (score !== sum) reasons.push({ reason: "a score is from 0 to 100", points: score - sum });
  return { score, reasons };
}

/** The nearer the move, the likelier the lease. A day that has passed says nothing. */
function urgency(moveInDate: string, today: string): number {
  const days = (Date.parse(moveInDate) - Date.parse(today)) / dayMs;
  if (Number.isNaN(days) || days < 0) return 0;
  if (days <= 30) return 25;
  if (days <= 60) return 20;
  return days <= 120 ? 12 : 5;
}
