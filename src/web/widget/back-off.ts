const firstMs = 500;
const longestMs = 30_000;

/** How long to wait before try number `attempt` (from 0): doubling, capped, and spread over its upper half. */
export function backOffMs(attempt: number, random: () => number): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 16));
  return full * (0.5 + random() / 2);
}
