import { proxyDurable } from "itty-durable";
import * as z from "zod";
import type { Settlement } from "./gate.ts";

/** Arguments travel in a header: short, printable ASCII, or they do not leave. */
const Key = z.string().regex(/^[\x21-\x7e]{1,80}$/);

const Admission = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.literal("go"), lease: z.string() }),
  z.object({
    outcome: z.literal("wait"),
    retryAfterMs: z.number(),
    reason: z.enum(["paced", "open", "leased"]),
  }),
]);

const Breaker = z.discriminatedUnion("phase", [
  z.object({ phase: z.literal("closed"), failures: z.number() }),
  z.object({ phase: z.literal("open"), cooldownMs: z.number(), untilMs: z.number() }),
  z.object({ phase: z.literal("probing"), cooldownMs: z.number() }),
]);

const Gate = z.object({
  breaker: Breaker,
  bucket: z.object({ tokens: z.number() }),
  leases: z.record(z.string(), z.object({ untilMs: z.number() })),
});

const Report = z.object({ gate: Gate, cursors: z.record(z.string(), z.string()) });
const Cursor = z.object({ value: z.string().nullable() });

/**
 * The gate of a company. `nowMs` is always the same clock's, company or real. Whoever was let through settles, with
 * the number of calls made. A cursor is remembered under a key of the caller's, e.g. a property id.
 */
export function resmanGate(env: Pick<Env, "RESMAN_GATE">, companyId: string) {
  // Never handed out: any property of the proxy, `then` too, would be a call to the object.
  const remote = proxyDurable(env.RESMAN_GATE, { name: "RESMAN_GATE", parse: true }).get(
    Key.parse(companyId),
  ) as Record<string, (...args: (string | number)[]) => Promise<unknown>>;
  const ask = async <Schema extends z.ZodType>(schema: Schema, name: string, ...args: (string | number)[]) =>
    schema.parse(await remote[name]?.(...args));

  return {
    admit: (leadId: string, nowMs: number) => ask(Admission, "admit", Key.parse(leadId), nowMs),
    settle: (leadId: string, lease: string, done: { result: Settlement; calls: number }, nowMs: number) =>
      ask(Gate, "settle", Key.parse(leadId), lease, done.result, done.calls, nowMs),
    inspect: () => ask(Report, "inspect"),
    readCursor: async (key: string) => (await ask(Cursor, "readCursor", Key.parse(key))).value,
    writeCursor: async (key: string, value: string) => {
      await ask(Cursor, "writeCursor", Key.parse(key), Key.parse(value));
    },
  };
}
