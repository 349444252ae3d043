/** One visitor's conversation and what became of it. All times count back from now, so that it is recent on any day. */
export type Story = {
  key: string;
  property: string;
  person: { firstName?: string; lastName?: string; email?: string; phone?: string };
  wishes?: {
    bedrooms?: number;
    priceMax?: number;
    /** Days from now. */
    moveIn?: number;
    occupants?: number;
    pets?: string;
  };
  /** Hours ago. */
  began: number;
  /** `v:` the visitor, `b:` the bot, `h:` the bot calling a person, a manager's key the person who answered. */
  lines: string[];
  /** Minutes after loading until a promised call back is due: the demo's next thing to become late. */
  followUpInMinutes?: number;
  /** Status, hours ago, reason. Whoever is not named as third is the bot. */
  moves: [status: LeadStatus, hoursAgo: number, by?: string, reason?: string][];
  /** A tour that lies ahead is booked for the first free time so many days from now; one behind took place. */
  tour?:
    | { inDays: number }
    | { hoursAgo: number; outcome: "interested" | "not_interested" | "follow_up_needed" };
};

export type LeadStatus =
  | "new"
  | "contacted"
  | "qualified"
  | "tour_scheduled"
  | "application"
  | "leased"
  | "lost";
