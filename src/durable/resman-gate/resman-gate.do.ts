import { createDurable } from "itty-durable";
import { type Admission, admit, type GateState, newGate, settle, type Settlement } from "./gate.ts";

/** What may be asked of the gate from outside; the base class would run any method it is sent the name of. */
const questions = new Set(["admit", "settle", "inspect", "readCursor", "writeCursor"]);

export type GateReport = { gate: GateState; cursors: Record<string, string> };

/**
 * One per company, the authority on whether ResMan may be called now: circuit breaker, pace, who works on which lead,
 * and how far each property's changes have been read. Holds no payloads, and what it holds is small: the base class
 * stores the whole object under one key, and takes its arguments as ASCII in a header.
 */
export class ResmanGate extends createDurable() implements Rpc.DurableObjectBranded {
  declare [Rpc.__DURABLE_OBJECT_BRAND]: never;
  gate: GateState = newGate();
  cursors: Record<string, string> = {};

  /** The environment stays out: the base class copies it over its own state, where a binding's name could shadow it. */
  constructor(ctx: DurableObjectState) {
    super(ctx, {});
  }

  override async fetch(request: Request): Promise<Response> {
    const [, , action, name] = new URL(request.url).pathname.split("/");
    if (action !== "call" || !name || !questions.has(name)) return new Response(null, { status: 404 });
    return super.fetch(request);
  }

  async admit(leadId: string, nowMs: number): Promise<Admission> {
    const { state, answer } = admit(this.gate, { leadId, lease: crypto.randomUUID(), nowMs });
    await this.keep({ gate: state });
    return answer;
  }

  async settle(
    leadId: string,
    lease: string,
    result: Settlement,
    calls: number,
    nowMs: number,
  ): Promise<GateState> {
    await this.keep({ gate: settle(this.gate, { leadId, lease, result, calls, nowMs }) });
    return this.gate;
  }

  inspect(): GateReport {
    return { gate: this.gate, cursors: this.cursors };
  }

  readCursor(key: string): { value: string | null } {
    return { value: this.cursors[key] ?? null };
  }

  async writeCursor(key: string, value: string): Promise<{ value: string }> {
    await this.keep({ cursors: { ...this.cursors, [key]: value } });
    return { value };
  }

  /** Changed in memory before the first await, so that two calls never decide on the same state. */
  private async keep(changes: Partial<GateReport>): Promise<void> {
    Object.assign(this, changes);
    await this.persist();
  }
}
