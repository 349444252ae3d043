/** What a person's wait at a status is, in words that follow the person's name and the time. */
const waits: Record<string, (name: string, time: string) => string> = {
  "lead:new": (name, time) => `${name} has waited ${time} for an answer`,
  "lead:contacted": (name, time) => `${name} has been in touch for ${time} without a next step`,
  "lead:qualified": (name, time) => `${name} has been qualified for ${time} without a tour`,
  "lead:application": (name, time) => `${name}'s application has waited ${time}`,
  "conversation:waiting_for_agent": (name, time) => `${name} has waited ${time} for a person`,
  "task:pending": (name, time) => `${name} has waited ${time} for an answer`,
};

export type Waiting = {
  entityType: string;
  status: string;
  statusLabel: string;
  name: string;
  waitedMs: number;
};

/** "Nora Field has waited 4 h for an answer" */
export function waitInWords({ entityType, status, statusLabel, name, waitedMs }: Waiting): string {
  const time = spanInWords(waitedMs);
  const say = waits[`${entityType}:${status}`];
  return say ? say(name, time) : `${name} has been "${statusLabel}" for ${time}`;
}

const minuteMs = 60_000;

/** "40 min", "4 h", "3 days": rounded down, never less than a minute. */
export function spanInWords(ms: number): string {
  const minutes = Math.max(1, Math.floor(ms / minuteMs));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}
