import type { Context } from "../../core/context.ts";
import type { Transition } from "../../durable/status-machine/protocol.ts";
import { machineOf } from "../status/adjust-status.ts";

/** A lead's stay at a status, named by the transition that began it. */
export type Entry = {
  id: string;
  seq: number;
  from: string | null;
  to: string;
  at: number;
  reason: string | null;
  changedBy: string;
  /** How many automatic moves in a row led here. */
  automaticSteps: number;
  /** Nobody was to be told of the change. */
  isQuiet: boolean;
};

export function entryOf({ id, seq, from, to, at, reason, actor, metadata }: Transition): Entry {
  const { automatic_steps: steps, trigger_notifications: notifies } = metadata;
  return {
    id,
    seq,
    from,
    to,
    at,
    reason,
    changedBy: actor.name,
    automaticSteps: typeof steps === "number" ? steps : 0,
    isQuiet: notifies === false,
  };
}

/** Far more than a lead goes through between a happening and its work. */
const lookBack = 200;

/** The stay a lead is in; null for one without a status. */
export async function currentEntry(ctx: Context, leadId: string): Promise<Entry | null> {
  const [latest] = await entriesSince(ctx, leadId, Number.MIN_SAFE_INTEGER, 10);
  return latest ?? null;
}

/** The stay that a transition began at `at` (epoch ms), and whether the lead is still in it. */
export async function findEntry(
  ctx: Context,
  leadId: string,
  { id, at }: { id: string; at: number },
): Promise<{ entry: Entry; isCurrent: boolean } | null> {
  const entries = await entriesSince(ctx, leadId, at, lookBack);
  const index = entries.findIndex((entry) => entry.id === id);
  const entry = entries[index];
  return entry ? { entry, isCurrent: index === 0 } : null;
}

/** Newest first. A migration renames a status; it begins no stay. */
async function entriesSince(ctx: Context, leadId: string, from: number, limit: number): Promise<Entry[]> {
  const machine = machineOf(ctx, { entityType: "lead", entityId: leadId });
  const history = await machine.history({ now: ctx.now().getTime(), limit, offset: 0, from });
  return (history?.transitions ?? []).filter(({ kind }) => kind === "change").map(entryOf);
}
