import { isTimeOfDay, type Place } from "./time-of-day.ts";

/** All of them must hold; none set always holds. */
export type Conditions = {
  /** Minutes between the first and the last message, at least. */
  conversation_duration?: number | undefined;
  /** Messages of both sides, at least. */
  message_count?: number | undefined;
  /** 0 to 100, at least. */
  lead_score?: number | undefined;
  time_of_day?: string | undefined;
};

/** What conditions are held against. */
export type WorkflowFacts = {
  conversationMinutes: number;
  messageCount: number;
  leadScore: number;
  /** Company time, epoch ms. */
  now: number;
  place: Place;
};

export type Judged = {
  condition: keyof Conditions;
  wanted: number | string;
  actual: number | string;
  met: boolean;
};

/** Every condition that is set, with what was found; a workflow runs when all are met. */
export function evaluateConditions(conditions: Conditions, facts: WorkflowFacts): Judged[] {
  const judged: Judged[] = [];
  const atLeast = (condition: keyof Conditions, wanted: number | undefined, actual: number) => {
    if (wanted !== undefined) judged.push({ condition, wanted, actual, met: actual >= wanted });
  };
  atLeast("conversation_duration", conditions.conversation_duration, facts.conversationMinutes);
  atLeast("message_count", conditions.message_count, facts.messageCount);
  atLeast("lead_score", conditions.lead_score, facts.leadScore);
  const { time_of_day: wanted } = conditions;
  if (wanted !== undefined) {
    const met = isTimeOfDay(wanted, facts.now, facts.place);
    judged.push({ condition: "time_of_day", wanted, actual: clockAt(facts), met });
  }
  return judged;
}

export function areMet(judged: Judged[]): boolean {
  return judged.every(({ met }) => met);
}

/** At most this many automatic moves follow one another; then a person has to look. */
export const longestChain = 8;

export function isChainTooLong(automaticSteps: number): boolean {
  return automaticSteps >= longestChain;
}

/** "Tue 09:30" at the property. */
function clockAt({ now, place }: WorkflowFacts): string {
  return new Intl.DateTimeFormat("en-US", {
    timeZone: place.timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(now);
}
