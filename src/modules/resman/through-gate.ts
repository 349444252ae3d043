import type { Context } from "../../core/context.ts";
import { resmanGate } from "../../durable/resman-gate/stub.ts";
import type { ResmanAccess } from "../../integrations/resman/call-resman.ts";
import { countingFetch, UpstreamError } from "../../integrations/vendor.ts";

const longestPaceMs = 10_000;

type Reason = "paced" | "open" | "leased";

/** ResMan may not be called now. `cause` is the outage that closed the way, where it was this caller who met it. */
export class GateShut extends Error {
  readonly reason: Reason;
  readonly retryAfterMs: number;

  constructor(reason: Reason, retryAfterMs: number, options?: ErrorOptions) {
    super(`ResMan may not be called now: ${reason}`, options);
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
    this.name = "GateShut";
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Calls ResMan under the company's breaker and pace, as nobody else does at that moment for the thing of this name.
 * Throws GateShut when it is closed, or busy for longer than one waits.
 */
export async function throughGate<Result>(
  ctx: Context,
  name: string,
  access: ResmanAccess,
  work: (access: ResmanAccess) => Promise<Result>,
): Promise<Result> {
  const gate = resmanGate(ctx.env, ctx.companyId);
  const lease = await admitted(gate, name);
  const counting = countingFetch(access.fetch);
  const settleAs = (result: "ok" | "refused" | "down") =>
    gate.settle(name, lease, { result, calls: counting.calls() }, Date.now());
  try {
    const result = await work({ ...access, fetch: counting.fetch });
    await settleAs("ok");
    return result;
  } catch (error) {
    const isDown = error instanceof UpstreamError && error.isOutage;
    const { breaker } = await settleAs(isDown ? "down" : "refused");
    if (isDown && breaker.phase === "open")
      throw new GateShut("open", Math.max(1000, breaker.untilMs - Date.now()), { cause: error });
    throw error;
  }
}

async function admitted(gate: ReturnType<typeof resmanGate>, name: string): Promise<string> {
  for (let waitedMs = 0; ;) {
    const answer = await gate.admit(name, Date.now());
    if (answer.outcome === "go") return answer.lease;
    waitedMs += answer.retryAfterMs;
    if (answer.reason !== "paced" || waitedMs > longestPaceMs)
      throw new GateShut(answer.reason, answer.retryAfterMs);
    await scheduler.wait(answer.retryAfterMs);
  }
}
