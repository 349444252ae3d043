/**
 * What the score looks at. It knows intent and readiness only: nothing about who the visitor is, their
 * household, their animals or where their money comes from.
 */
export type LeadFacts = {
  now: Date;
  hasName: boolean;
  hasEmail: boolean;
  hasPhone: boolean;
  /** ISO day. */
  moveInDate: string | null;
  hasBudget: boolean;
  /** Available units fit the stated wishes; null where it has not been looked up. */
  hasMatchingUnit: boolean | null;
  hasBedrooms: boolean;
  tour: "none" | "offered" | "booked" | "completed" | "cancelled" | "missed";
  /** Messages the visitor wrote. */
  messagesCount: number;
  lastMessageAt: Date | null;
};

export type LeadScore = { score: number; explanation: { reason: string; points: number }[] };

const DAY_MS = 86_400_000;

/**
 * 0 to 100 with what moved it. Contact up to 25 (e-mail 10, phone 10, name 5), move-in date up to 20, tour
 * up to 30 (a cancelled or missed one takes away), wishes up to 15, conversation up to 10. A visitor silent
 * for a week loses 5, for 30 days 15.
 */
export function leadScore(facts: LeadFacts): LeadScore {
  const explanation = [
    ...contact(facts),
    ...timing(facts),
    ...tour(facts),
    ...wishes(facts),
    ...talk(facts),
  ].filter(({ points }) => points !== 0);
  const sum = explanation.reduce((total, { points }) => total + points, 0);
  return { score: Math.min(100, Math.max(0, sum)), explanation };
}

type Reasons = LeadScore["explanation"];

function contact(facts: LeadFacts): Reasons {
  return [
    { reason: "e-mail given", points: facts.hasEmail ? 10 : 0 },
    { reason: "phone given", points: facts.hasPhone ? 10 : 0 },
    { reason: "name given", points: facts.hasName ? 5 : 0 },
  ];
}

function timing({ moveInDate, now }: LeadFacts): Reasons {
  if (moveInDate === null) return [];
  const days = Math.ceil((Date.parse(`${moveInDate}T00:00:00Z`) - now.getTime()) / DAY_MS);
  if (days < -1) return [{ reason: "move-in date has passed", points: 2 }];
  if (days <= 30) return [{ reason: "moves in within 30 days", points: 20 }];
  if (days <= 60) return [{ reason: "moves in within 60 days", points: 15 }];
  if (days <= 90) return [{ reason: "moves in within 90 days", points: 10 }];
  return [{ reason: "moves in later than 90 days from now", points: 5 }];
}

function tour(facts: LeadFacts): Reasons {
  const points = { none: 0, offered: 5, booked: 25, completed: 30, cancelled: -5, missed: -10 }[facts.tour];
  return [{ reason: `tour ${facts.tour}`, points }];
}

function wishes(facts: LeadFacts): Reasons {
  return [
    { reason: "budget given", points: facts.hasBudget ? 5 : 0 },
    { reason: "bedrooms given", points: facts.hasBedrooms ? 5 : 0 },
    { reason: "a home fits the wishes", points: facts.hasMatchingUnit ? 5 : 0 },
  ];
}

function talk({ messagesCount, lastMessageAt, now }: LeadFacts): Reasons {
  const silentDays = lastMessageAt === null ? 0 : (now.getTime() - lastMessageAt.getTime()) / DAY_MS;
  return [
    {
      reason: `${messagesCount} ${messagesCount === 1 ? "message" : "messages"} written`,
      points: Math.min(10, 2 * messagesCount),
    },
    {
      reason: silentDays >= 30 ? "silent for 30 days" : "silent for a week",
      points: silentDays >= 30 ? -15 : silentDays >= 7 ? -5 : 0,
    },
  ];
}
