import fc from "fast-check";
import { type Attack, attacksOn } from "./attacks.ts";
import { type Answered, complaintAbout } from "./judge.ts";
import type { Operation } from "./surface.ts";

export type Finding = { operation: string; complaint: string; attack: Attack; seed: number };

export type Campaign = {
  operations: Operation[];
  /** The path with ids of things that are there. */
  fill: (template: string) => string;
  /** Sends a request as somebody who may; rejects when no answer comes in time. */
  send: (attack: Attack) => Promise<Answered>;
  seed: number;
  /** Requests to each endpoint. */
  runs: number;
  /** When to stop, epoch ms. */
  until?: number;
};

/** Attacks every endpoint; answers what was found, each with the smallest request that shows it. */
export async function attackAll(campaign: Campaign): Promise<{ findings: Finding[]; sent: number }> {
  const { operations, fill, send, seed, runs, until = Infinity } = campaign;
  const findings: Finding[] = [];
  let sent = 0;
  for (const operation of operations) {
    if (Date.now() > until) break;
    const property = fc.asyncProperty(attacksOn(operation, fill), async (attack) => {
      sent += 1;
      const complaint = await outcomeOf(send, attack);
      if (complaint !== null) throw new Error(complaint);
    });
    const result = await fc.check(property, {
      seed,
      numRuns: runs,
      endOnFailure: false,
      interruptAfterTimeLimit: 60_000,
    });
    const [attack] = result.counterexample ?? [];
    if (!result.failed || attack === undefined) continue;
    findings.push({
      operation: `${operation.method} ${operation.template}`,
      complaint:
        result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance),
      attack,
      seed,
    });
  }
  return { findings, sent };
}

async function outcomeOf(send: Campaign["send"], attack: Attack): Promise<string | null> {
  try {
    return complaintAbout(attack, await send(attack));
  } catch (error) {
    return `does not answer: ${String(error)}`;
  }
}

/** A finding to read, and to send again. */
export function sayFinding({ operation, complaint, attack, seed }: Finding): string {
  const body = attack.body === null ? "" : `\n    ${JSON.stringify(attack.body).slice(0, 400)}`;
  return `${operation} ${complaint}\n    ${attack.method} ${attack.path.slice(0, 300)} ${JSON.stringify(attack.headers)}${body}\n    seed ${seed}`;
}
