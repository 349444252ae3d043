/** What one company may do to ResMan right now. Pure: the state goes in and comes out, the clock is an argument. */
export type GateState = {
  breaker: Breaker;
  bucket: { tokens: number; atMs: number };
  /** By lead (or other thing worked on); an entry lives for a minute at most, so the bucket's pace bounds their number. */
  leases: Record<string, Lease>;
};

type Lease = { id: string; untilMs: number };

type Breaker =
  | { phase: "closed"; failures: number }
  | { phase: "open"; cooldownMs: number; untilMs: number }
  /** One caller is let through to find out; when it never comes back, its lease's end lets the next one try. */
  | { phase: "probing"; cooldownMs: number; probe: Lease };

export type Admission =
  | { outcome: "go"; lease: string }
  | { outcome: "wait"; retryAfterMs: number; reason: "paced" | "open" | "leased" };

/** `refused`: ResMan answered and said no, so it is well. `down`: no answer, or one that says it cannot cope. */
export type Settlement = "ok" | "refused" | "down";

export const limits = {
  callsPerSecond: 4,
  burst: 8,
  failuresToOpen: 5,
  cooldownMs: 10_000,
  longestCooldownMs: 300_000,
  leaseMs: 60_000,
};

export function newGate(): GateState {
  return {
    breaker: { phase: "closed", failures: 0 },
    bucket: { tokens: limits.burst, atMs: 0 },
    leases: {},
  };
}

/** Asks to work on a lead. A "go" takes one call from the bucket; `settle` charges the others. */
export function admit(
  state: GateState,
  request: { leadId: string; lease: string; nowMs: number },
): { state: GateState; answer: Admission } {
  const { leadId, lease: id, nowMs } = request;
  const swept = sweep(state, nowMs);
  const wait = reasonToWait(swept, leadId, nowMs);
  if (wait) return { state: swept, answer: { outcome: "wait", ...wait } };
  const lease = { id, untilMs: nowMs + limits.leaseMs };
  return {
    state: {
      breaker:
        swept.breaker.phase === "closed"
          ? swept.breaker
          : { phase: "probing", cooldownMs: swept.breaker.cooldownMs, probe: lease },
      bucket: { ...swept.bucket, tokens: swept.bucket.tokens - 1 },
      leases: { ...swept.leases, [leadId]: lease },
    },
    answer: { outcome: "go", lease: id },
  };
}

/**
 * Tells how the work went and how many calls it made. A lease that ran out meanwhile gives nothing back, for it may be
 * another worker's now, but what its holder saw of ResMan still counts.
 */
export function settle(
  state: GateState,
  report: { leadId: string; lease: string; result: Settlement; calls: number; nowMs: number },
): GateState {
  const swept = sweep(state, report.nowMs);
  const { [report.leadId]: held, ...others } = swept.leases;
  return {
    breaker: judged(swept.breaker, report),
    // Into debt if need be: what was called too much is waited for by the next.
    bucket: { ...swept.bucket, tokens: swept.bucket.tokens - Math.max(0, report.calls - 1) },
    leases: held?.id === report.lease ? others : swept.leases,
  };
}

function reasonToWait(
  state: GateState,
  leadId: string,
  nowMs: number,
): { retryAfterMs: number; reason: "paced" | "open" | "leased" } | null {
  const { breaker, bucket, leases } = state;
  if (breaker.phase === "open" && breaker.untilMs > nowMs) {
    return { reason: "open", retryAfterMs: breaker.untilMs - nowMs };
  }
  if (breaker.phase === "probing" && breaker.probe.untilMs > nowMs) {
    return { reason: "open", retryAfterMs: Math.min(1000, breaker.probe.untilMs - nowMs) };
  }
  const held = leases[leadId];
  // Most holders are done long before their lease ends.
  if (held) return { reason: "leased", retryAfterMs: Math.min(5000, held.untilMs - nowMs) };
  if (bucket.tokens >= 1) return null;
  return { reason: "paced", retryAfterMs: Math.ceil(((1 - bucket.tokens) / limits.callsPerSecond) * 1000) };
}

function judged(
  breaker: Breaker,
  { result, lease, nowMs }: { result: Settlement; lease: string; nowMs: number },
): Breaker {
  if (result !== "down") return { phase: "closed", failures: 0 };
  switch (breaker.phase) {
    case "closed": {
      const failures = breaker.failures + 1;
      return failures < limits.failuresToOpen
        ? { phase: "closed", failures }
        : opened(limits.cooldownMs, nowMs);
    }
    case "open":
      return breaker;
    case "probing":
      return breaker.probe.id === lease ? opened(breaker.cooldownMs * 2, nowMs) : breaker;
  }
}

function opened(cooldownMs: number, nowMs: number): Breaker {
  const bounded = Math.min(cooldownMs, limits.longestCooldownMs);
  return { phase: "open", cooldownMs: bounded, untilMs: nowMs + bounded };
}

/**
 * Refills the bucket and drops leases that ran out. A company's clock can be set back: then no wait may reach further
 * ahead than it could have when it was made.
 */
function sweep(state: GateState, nowMs: number): GateState {
  const { breaker, bucket, leases } = state;
  const elapsedMs = Math.max(0, nowMs - bucket.atMs);
  const tokens = Math.min(limits.burst, bucket.tokens + (elapsedMs / 1000) * limits.callsPerSecond);
  return {
    breaker: foreseeable(breaker, nowMs),
    bucket: { tokens, atMs: nowMs },
    leases: Object.fromEntries(Object.entries(leases).filter(([, lease]) => isLive(lease, nowMs))),
  };
}

function isLive(lease: Lease, nowMs: number): boolean {
  return lease.untilMs > nowMs && lease.untilMs <= nowMs + limits.leaseMs;
}

function foreseeable(breaker: Breaker, nowMs: number): Breaker {
  switch (breaker.phase) {
    case "closed":
      return breaker;
    case "open":
      return { ...breaker, untilMs: Math.min(breaker.untilMs, nowMs + breaker.cooldownMs) };
    case "probing":
      return isLive(breaker.probe, nowMs)
        ? breaker
        : { phase: "open", cooldownMs: breaker.cooldownMs, untilMs: nowMs };
  }
}
