import { type Counter, counters, type Flag, flags } from "./event-fields.ts";
import type { SessionRow } from "./read-facts.ts";

/** What events come to, of one session or of several. */
export type EventSums = {
  counters: Record<Counter, number>;
  flags: Record<Flag, boolean>;
  sessionDuration: number;
  /** The latest session's words; null where none said any. */
  latest: Pick<SessionRow, "userId" | "deviceId" | "pageUrl" | "contactMethod" | "tourType"> & {
    sessionId: string | null;
  };
};

type Cells = Record<string, unknown>;

/** Counters add over sessions, flags are true where one is, durations add. */
export function mergeSessions(sessions: SessionRow[]): EventSums {
  const inOrder = sessions.toSorted((a, b) => a.lastEventAt.getTime() - b.lastEventAt.getTime());
  const sum = (column: string) =>
    sessions.reduce((total, session) => total + Number((session as Cells)[column] ?? 0), 0);
  const last = <Name extends "userId" | "deviceId" | "pageUrl" | "contactMethod" | "tourType">(name: Name) =>
    inOrder.findLast((session) => session[name] !== null)?.[name] ?? null;
  return {
    counters: Object.fromEntries(
      counters.map((name) => [name, sum(columnOf(name))]),
    ) as EventSums["counters"],
    flags: Object.fromEntries(flags.map((name) => [name, sum(columnOf(name)) > 0])) as EventSums["flags"],
    sessionDuration: sum("sessionDuration"),
    latest: {
      userId: last("userId"),
      deviceId: last("deviceId"),
      pageUrl: last("pageUrl"),
      contactMethod: last("contactMethod"),
      tourType: last("tourType"),
      sessionId: inOrder.at(-1)?.sessionId || null,
    },
  };
}

/** `user_messages_sent` as the row has it. */
function columnOf(name: string): string {
  return name.replaceAll(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());
}
