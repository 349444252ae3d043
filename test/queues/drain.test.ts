import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import type { Nudge, OutboxRow } from "../../src/core/outbox.ts";
import { sweepOutbox } from "../../src/cron/sweep-outbox.ts";
import { outbox } from "../../src/db/schema/outgoing.ts";
import { drain, NotNow, type OnParked, type Worker } from "../../src/queues/drain.ts";
import { aContext, owe, owed, quietEnv } from "../support/deliver.ts";
import { aCompany, db } from "../support/factories.ts";

const topic = "notifications" as const;
const key = "order:1";

/** Work of one key, and what a worker of the test's own does with it. */
async function someWork(count = 1) {
  const { id } = await aCompany();
  const payload = { kind: "test" };
  const work = Array.from({ length: count }, () => ({ topic, key, payload, dedupeKey: uuidv7() }));
  await owe(id, ...work);
  const ctx = await aContext(id);
  const set = (change: Partial<OutboxRow>) =>
    db
      .update(outbox)
      .set(change)
      .where(and(eq(outbox.companyId, id), eq(outbox.key, key)));
  return {
    id,
    set,
    rows: () => owed(id, topic),
    drain: (worker: Worker, onParked?: OnParked) => drain(ctx, topic, key, worker, onParked),
  };
}

const done: Worker = async () => {};
const aMomentAgo = () => new Date(Date.now() - 1);

describe("drain", () => {
  it("gives up a row whose workers die on it, and goes on with what is behind it", async () => {
    const work = await someWork(2);
    const [poison] = await work.rows();
    const worked: string[] = [];
    const dies: Worker = async (_ctx, row) => {
      worked.push(row.id);
      // Nothing is written any more; the lease runs out.
      if (row.id === poison!.id) await new Promise<never>(() => {});
    };
    const parked: string[] = [];
    const onParked: OnParked = async (_ctx, row) => {
      parked.push(row.id);
      return { statements: [], work: [] };
    };
    for (let deaths = 0; deaths < 8; deaths += 1) {
      await Promise.race([work.drain(dies), scheduler.wait(60)]);
      await db.update(outbox).set({ leaseUntil: aMomentAgo() }).where(eq(outbox.id, poison!.id));
    }
    expect(worked).toEqual(Array.from({ length: 8 }, () => poison!.id));
    await work.drain(dies, onParked);
    expect(parked).toEqual([poison!.id]);
    expect((await work.rows()).map(({ status }) => status)).toEqual(["parked", "done"]);
  });

  it("counts no death where work was put back in order", async () => {
    const work = await someWork();
    for (let n = 0; n < 20; n += 1) {
      await work.drain(async () => {
        throw new NotNow(0);
      });
    }
    expect(await work.rows()).toMatchObject([{ status: "pending", attempts: 0 }]);
  });

  it("does not bring back to life what another finished after taking it over", async () => {
    const work = await someWork();
    await work.drain(async () => {
      await work.set({ leaseUntil: aMomentAgo() });
      await work.drain(done);
      throw new Error("too late");
    });
    expect(await work.rows()).toMatchObject([{ status: "done" }]);
  });

  it("does not bring back to life what was cancelled while it was tried", async () => {
    const work = await someWork();
    await work.drain(async () => {
      await work.set({ status: "done", leaseUntil: null });
      throw new NotNow(1000);
    });
    expect(await work.rows()).toMatchObject([{ status: "done" }]);
  });

  it("leaves the lease of whoever took a slow one's row over", async () => {
    const work = await someWork();
    const leaseUntil = new Date(Date.now() + 90_000);
    await work.drain(async () => {
      await work.set({ leaseUntil });
      throw new Error("slow, and in vain");
    });
    expect(await work.rows()).toMatchObject([{ status: "pending", attempts: 0, leaseUntil }]);
  });
});

describe("the sweep", () => {
  it("is not kept from due work by rows that wait behind another, however many and old they are", async () => {
    const { id } = await aCompany();
    const long = new Date(1000);
    const later = new Date(Date.now() + 3_600_000);
    await owe(id, {
      topic: "resman-sync",
      key: "lead:down",
      payload: {},
      dedupeKey: "head",
      notBefore: later,
    });
    const row = (await owed(id, "resman-sync"))[0]!;
    const behind = Array.from({ length: 600 }, (_, n) => ({
      ...row,
      id: `${row.id} ${String(n).padStart(4, "0")}`,
      dedupeKey: `behind ${n}`,
      nextAttemptAt: long,
    }));
    for (let from = 0; from < behind.length; from += 7)
      await db.insert(outbox).values(behind.slice(from, from + 7));
    await owe(id, { topic, key, payload: {}, dedupeKey: uuidv7() });
    const woken: Nudge[] = [];
    const queue = { send: async (nudge: Nudge) => void woken.push(nudge), sendBatch: async () => {} };
    const names = ["RESMAN_SYNC", "NOTIFICATIONS", "WEBHOOK_DELIVERIES", "PROJECTIONS"];
    const env = new Proxy(quietEnv, {
      get: (target, name) => (names.includes(String(name)) ? queue : Reflect.get(target, name)),
    });
    await sweepOutbox(env, Date.now() + 1000);
    expect(woken.filter(({ companyId }) => companyId === id)).toEqual([{ companyId: id, key }]);
  });
});
