import { sha256Hex, randomToken } from "../core/tokens.ts";

const ticketMs = 60_000;
const prefix = "ticket:";

type Kept<Seat> = { seat: Seat; expiresAt: number };

/** Lets one socket in, once, within a minute. Only a digest of the ticket is stored. */
export async function issueTicket<Seat>(storage: DurableObjectStorage, seat: Seat, now: number) {
  dropExpired(storage, now);
  const ticket = randomToken("wt_");
  const expiresAt = now + ticketMs;
  storage.kv.put(prefix + (await sha256Hex(ticket)), { seat, expiresAt } satisfies Kept<Seat>);
  return { ticket, expiresAt };
}

/** The seat the ticket was for, or null; the ticket is spent either way. */
export async function redeemTicket<Seat>(
  storage: DurableObjectStorage,
  ticket: string,
  now: number,
): Promise<Seat | null> {
  const key = prefix + (await sha256Hex(ticket));
  const kept = storage.kv.get<Kept<Seat>>(key);
  storage.kv.delete(key);
  return kept && kept.expiresAt > now ? kept.seat : null;
}

function dropExpired(storage: DurableObjectStorage, now: number): void {
  for (const [key, kept] of storage.kv.list<Kept<unknown>>({ prefix }))
    if (kept.expiresAt <= now) storage.kv.delete(key);
}
