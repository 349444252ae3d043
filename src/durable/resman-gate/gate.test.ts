import { describe, expect, it } from "vitest";
import { type Admission, admit, type GateState, limits, newGate, settle, type Settlement } from "./gate.ts";

const start = Date.UTC(2026, 10, 3, 15);

/** A gate with a clock one can move; every lease gets a name of its own. */
function aGate() {
  let state: GateState = newGate();
  let nowMs = start;
  let count = 0;
  const gate = {
    admit(leadId: string): Admission {
      const result = admit(state, { leadId, lease: `lease-${(count += 1)}`, nowMs });
      state = result.state;
      return result.answer;
    },
    settle(leadId: string, lease: string, result: Settlement, calls = 1): void {
      state = settle(state, { leadId, lease, result, calls, nowMs });
    },
    /** One whole piece of work. */
    run(leadId: string, result: Settlement, calls = 1): Admission {
      const answer = gate.admit(leadId);
      if (answer.outcome === "go") gate.settle(leadId, answer.lease, result, calls);
      return answer;
    },
    pass(ms: number): void {
      nowMs += ms;
    },
    fail(times: number): void {
      for (let i = 0; i < times; i += 1) {
        gate.pass(1000);
        gate.run(`failing-${i}`, "down");
      }
    },
    get state() {
      return state;
    },
  };
  return gate;
}

describe("pacing", () => {
  it("lets a burst through, then no more than the pace", () => {
    const gate = aGate();
    const answers = Array.from({ length: 9 }, (_, i) => gate.run(`lead-${i}`, "ok"));
    expect(answers.map((answer) => answer.outcome)).toEqual([...Array(8).fill("go"), "wait"]);
    expect(answers[8]).toEqual({ outcome: "wait", reason: "paced", retryAfterMs: 250 });
    gate.pass(250);
    expect(gate.run("lead-9", "ok").outcome).toBe("go");
    expect(gate.run("lead-10", "ok").outcome).toBe("wait");
  });

  it("charges work that took several calls to those who come after", () => {
    const gate = aGate();
    gate.run("lead-1", "ok", 12);
    expect(gate.admit("lead-2")).toEqual({ outcome: "wait", reason: "paced", retryAfterMs: 1250 });
    gate.pass(1250);
    expect(gate.admit("lead-2").outcome).toBe("go");
  });

  it("never saves up more than a burst", () => {
    const gate = aGate();
    gate.pass(3_600_000);
    const gone = Array.from({ length: 20 }, (_, i) => gate.run(`lead-${i}`, "ok")).filter(
      (a) => a.outcome === "go",
    );
    expect(gone).toHaveLength(limits.burst);
  });
});

describe("leases", () => {
  it("give a lead to one worker at a time", () => {
    const gate = aGate();
    const first = gate.admit("lead");
    expect(gate.admit("lead")).toEqual({ outcome: "wait", reason: "leased", retryAfterMs: 5000 });
    expect(gate.admit("other").outcome).toBe("go");
    gate.settle("lead", (first as { lease: string }).lease, "ok");
    expect(gate.admit("lead").outcome).toBe("go");
  });

  it("end by themselves when a worker dies", () => {
    const gate = aGate();
    gate.admit("lead");
    gate.pass(limits.leaseMs);
    expect(gate.admit("lead").outcome).toBe("go");
  });

  it("are not given back by a worker that came too late", () => {
    const gate = aGate();
    const late = gate.admit("lead") as { lease: string };
    gate.pass(limits.leaseMs);
    gate.admit("lead");
    gate.settle("lead", late.lease, "ok");
    expect(gate.admit("lead")).toMatchObject({ outcome: "wait", reason: "leased" });
  });

  it("never grow beyond what the pace allows in a minute", () => {
    const gate = aGate();
    for (let i = 0; i < 5000; i += 1) {
      gate.admit(`lead-${i}`);
      gate.pass(100);
    }
    const most = limits.burst + (limits.leaseMs / 1000) * limits.callsPerSecond;
    expect(Object.keys(gate.state.leases).length).toBeLessThanOrEqual(most);
  });
});

describe("the breaker", () => {
  it("opens after so many failures in a row, and not before", () => {
    const gate = aGate();
    gate.fail(limits.failuresToOpen - 1);
    expect(gate.run("lead", "ok").outcome).toBe("go");
    gate.fail(limits.failuresToOpen);
    expect(gate.admit("lead")).toEqual({ outcome: "wait", reason: "open", retryAfterMs: limits.cooldownMs });
  });

  it("does not count refusals: a ResMan that says no is well", () => {
    const gate = aGate();
    for (let i = 0; i < 20; i += 1) {
      gate.pass(1000);
      gate.run(`lead-${i}`, "refused");
    }
    expect(gate.state.breaker).toEqual({ phase: "closed", failures: 0 });
  });

  it("lets one caller through after the cool-down, and everyone when that one came back well", () => {
    const gate = aGate();
    gate.fail(limits.failuresToOpen);
    gate.pass(limits.cooldownMs);
    const probe = gate.admit("lead-1") as { outcome: string; lease: string };
    expect(probe.outcome).toBe("go");
    expect(gate.admit("lead-2")).toMatchObject({ outcome: "wait", reason: "open" });
    gate.settle("lead-1", probe.lease, "ok");
    expect(gate.admit("lead-2").outcome).toBe("go");
  });

  it("doubles the cool-down with every failed probe, up to a bound", () => {
    const gate = aGate();
    gate.fail(limits.failuresToOpen);
    const waits: number[] = [];
    for (let i = 0; i < 8; i += 1) {
      const answer = gate.admit("lead");
      waits.push(answer.outcome === "wait" ? answer.retryAfterMs : 0);
      gate.pass(waits.at(-1)!);
      gate.run("lead", "down");
    }
    expect(waits).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000]);
  });

  it("sends another probe when the first one never comes back", () => {
    const gate = aGate();
    gate.fail(limits.failuresToOpen);
    gate.pass(limits.cooldownMs);
    gate.admit("lead-1");
    gate.pass(limits.leaseMs);
    expect(gate.admit("lead-2").outcome).toBe("go");
    expect(gate.admit("lead-3")).toMatchObject({ outcome: "wait", reason: "open" });
  });

  it("is not opened longer by stragglers that set out before it opened", () => {
    const gate = aGate();
    const straggler = gate.admit("slow") as { lease: string };
    gate.fail(limits.failuresToOpen);
    gate.settle("slow", straggler.lease, "down");
    expect(gate.state.breaker).toMatchObject({ phase: "open", cooldownMs: limits.cooldownMs });
  });
});

it("makes nobody wait longer because a clock was set back", () => {
  const gate = aGate();
  gate.fail(limits.failuresToOpen);
  gate.pass(-86_400_000);
  expect(gate.admit("lead")).toEqual({ outcome: "wait", reason: "open", retryAfterMs: limits.cooldownMs });
  gate.pass(limits.cooldownMs);
  expect(gate.run("lead", "ok").outcome).toBe("go");
  gate.admit("held");
  gate.pass(-86_400_000);
  expect(gate.admit("held").outcome).toBe("go");
});
