import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { limits } from "../../src/durable/resman-gate/gate.ts";
import { resmanGate } from "../../src/durable/resman-gate/stub.ts";

const now = Date.UTC(2026, 10, 3, 15);
// The typed namespace of an itty-durable class is too deep for the compiler; its fetch is all this test uses.
const objects = env["RESMAN_GATE" as string as keyof Env] as unknown as DurableObjectNamespace;

function aGate() {
  const companyId = crypto.randomUUID();
  return {
    gate: resmanGate(env, companyId),
    evict: () => evictDurableObject(objects.getByName(companyId)),
    raw: (path: string, args: unknown[] = []) =>
      objects.getByName(companyId).fetch(`https://gate/do/${path}`, {
        headers: { "do-content": JSON.stringify(args) },
      }),
  };
}

describe("ResmanGate", () => {
  it("lets exactly one of many workers at a lead", async () => {
    const { gate } = aGate();
    const answers = await Promise.all(Array.from({ length: 6 }, () => gate.admit("lead", now)));
    expect(answers.filter((answer) => answer.outcome === "go")).toHaveLength(1);
    expect(answers.filter((answer) => answer.outcome === "wait" && answer.reason === "leased")).toHaveLength(
      5,
    );
  });

  it("holds many workers to the company's pace", async () => {
    const { gate } = aGate();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => gate.admit(`lead-${i}`, now)));
    expect(answers.filter((answer) => answer.outcome === "go")).toHaveLength(limits.burst);
  });

  it("opens on failures, remembers it over eviction, and lets a probe through later", async () => {
    const { gate, evict } = aGate();
    for (let i = 0; i < limits.failuresToOpen; i += 1) {
      const answer = await gate.admit(`lead-${i}`, now);
      if (answer.outcome === "wait") throw new Error(`held up: ${answer.reason}`);
      await gate.settle(`lead-${i}`, answer.lease, { result: "down", calls: 1 }, now);
    }
    await evict();
    expect(await gate.admit("lead", now)).toMatchObject({ outcome: "wait", reason: "open" });
    expect((await gate.inspect()).gate.breaker.phase).toBe("open");
    const later = now + limits.cooldownMs;
    const probe = await gate.admit("lead", later);
    if (probe.outcome === "wait") throw new Error(`held up: ${probe.reason}`);
    const settled = await gate.settle("lead", probe.lease, { result: "ok", calls: 1 }, later);
    expect(settled.breaker).toEqual({ phase: "closed", failures: 0 });
  });

  it("keeps a cursor for each property over eviction", async () => {
    const { gate, evict } = aGate();
    expect(await gate.readCursor("property-1")).toBeNull();
    await gate.writeCursor("property-1", "2026-11-03T15:00:00.000Z");
    await gate.writeCursor("property-2", "2026-11-03T16:00:00.000Z");
    await evict();
    expect(await gate.readCursor("property-1")).toBe("2026-11-03T15:00:00.000Z");
    expect((await gate.inspect()).cursors).toEqual({
      "property-1": "2026-11-03T15:00:00.000Z",
      "property-2": "2026-11-03T16:00:00.000Z",
    });
  });

  it("keeps companies apart", async () => {
    const one = aGate();
    const other = aGate();
    await one.gate.admit("lead", now);
    expect(await other.gate.admit("lead", now)).toMatchObject({ outcome: "go" });
  });

  it.each([
    "call/destroy",
    "call/reset",
    "call/persist",
    "call/keep",
    "set/gate",
    "get-prop/state",
    "call/toJSON",
  ])("answers nothing but its own questions: not %s", async (path) => {
    const { gate, raw } = aGate();
    await gate.writeCursor("property", "kept");
    expect((await raw(path)).status).toBe(404);
    expect(await gate.readCursor("property")).toBe("kept");
  });

  it("refuses a key that a header could not carry", async () => {
    const { gate } = aGate();
    expect(() => gate.admit("lead ü", now)).toThrow();
    await expect(gate.writeCursor("k", "v".repeat(100))).rejects.toThrow();
  });
});
