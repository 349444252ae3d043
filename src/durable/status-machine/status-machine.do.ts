import { DurableObject } from "cloudflare:workers";
import { openLog } from "../../core/log.ts";
import { nudge } from "../../core/outbox.ts";
import { newId } from "../../core/start-context.ts";
import { databaseFor } from "../../db/client.ts";
import { projectStatus } from "../../modules/status/project-status.ts";
import { nextAlertAt } from "./alerts.ts";
import type { Verdict } from "./approvals.ts";
import { type Desk, tellDue } from "./desk.ts";
import { explain, type Explanation } from "./explain.ts";
import { openStore } from "./machine-store.ts";
import type { MigrateRequest } from "./migrate.ts";
import * as operations from "./operations.ts";
import { mostBytes, pageOf, retryAt, type Snapshot, type SnapshotPlace, snapshotOf } from "./pages.ts";
import type * as protocol from "./protocol.ts";
import { viewOf } from "./view.ts";

/** The runtime knows no alarm beyond; one that rings too early is set again. */
const latestAlarm = Date.UTC(2189, 0, 1);

/** Rows of a page of the outbox. */
const pageSize = 200;
/** Of the clocks that are closed. */
const mostExplained = 100;
/** How long an answer waits for the projection, so that callers find in lists what they just wrote. */
const projectionPatienceMs = 1500;
/** For how long changes leave a database alone that has just refused; the alarm tries in any case. */
const restMs = 1000;

/**
 * The status of one entity: its history, its clocks, its approvals. Authority for all of them; D1 holds a
 * projection that is rebuilt from here. No decision rests on anything but storage, so eviction goes unnoticed.
 */
export class StatusMachine extends DurableObject<Env> {
  private readonly store = openStore(this.ctx.storage.sql);
  private flushing: Promise<void> | null = null;
  /** What the alarm was last set to; undefined when this instance has not set it. */
  private armedFor: number | null | undefined;
  /** When the database last refused; 0 while it is well. */
  private failedAt = 0;

  async change(request: protocol.ChangeCall): Promise<protocol.ChangeResult> {
    return this.act((desk) => operations.change(desk, request));
  }

  async adjust(request: protocol.AdjustRequest): Promise<protocol.StatusView | protocol.Refusal> {
    return this.act((desk) => operations.adjust(desk, request));
  }

  /** Approves or rejects; approving makes the change that was asked for. */
  async decide(verdict: Verdict): Promise<operations.ApprovalOutcome> {
    return this.act((desk) => operations.decideApproval(desk, verdict));
  }

  async migrate(request: MigrateRequest, dryRun: boolean): Promise<operations.MigrationOutcome> {
    return this.act((desk) => operations.migrate(desk, request, dryRun));
  }

  /** Stops the clocks for good and takes the entity out of every list. */
  async archive(moment: protocol.Moment): Promise<protocol.StatusView | protocol.Refusal> {
    return this.act((desk) => operations.archive(desk, moment));
  }

  /** Puts an archived entity back into the lists. */
  async restore(moment: protocol.Moment): Promise<protocol.StatusView | protocol.Refusal> {
    return this.act((desk) => operations.restore(desk, moment));
  }

  /** Archives the entity and removes every word about the person it belongs to; what happened when stays. */
  async forget(moment: protocol.Moment): Promise<void> {
    await this.act((desk) => {
      operations.archive(desk, moment);
      desk.store.forgetDetails();
    });
  }

  /** Does what a lost alarm should have done by `now`, and has the entity projected again; false where there is none. */
  async sweep(now: number, clockOffsetMs: number): Promise<boolean> {
    return this.act((desk) => operations.sweep(desk, now, clockOffsetMs));
  }

  /** The company's clock was set: from now on company time is real time plus `offsetMs`. */
  async moveClock(offsetMs: number): Promise<void> {
    await this.sweep(Date.now() + offsetMs, offsetMs);
  }

  async current(now: number): Promise<protocol.StatusView | null> {
    const entity = this.store.entity();
    return entity && viewOf(entity, this.store.calendars(), now);
  }

  /** Newest first. */
  async history({ now, limit, offset, from, to }: protocol.HistoryQuery): Promise<protocol.History | null> {
    const status = await this.current(now);
    if (!status) return null;
    const span = [from ?? Number.MIN_SAFE_INTEGER, to ?? Number.MAX_SAFE_INTEGER] as const;
    const transitions = this.store.history(...span, limit, offset);
    return { status, transitions, total: this.store.historyCount(...span) };
  }

  /** The clocks of the entity with the segments that prove their figures. */
  async explain(now: number): Promise<Explanation | null> {
    const entity = this.store.entity();
    return entity && explain(entity, this.store.lastClosedClocks(mostExplained), this.store.calendars(), now);
  }

  /** What the projection should hold: the entity with all of its short lists, and the next page of the long ones. */
  async snapshot(after: SnapshotPlace, limit: number): Promise<Snapshot | null> {
    return snapshotOf(this.store, after, limit);
  }

  override async alarm(): Promise<void> {
    this.armedFor = null;
    try {
      const now = Date.now() + this.store.clockOffsetMs();
      this.ctx.storage.transactionSync(() => tellDue(this.desk(), now));
      await this.flush();
    } catch (error) {
      // An alarm that throws is dropped for good after a few tries; this one is set again below.
      this.log().error("status alarm failed", error);
    }
    await this.arm();
  }

  /** One atomic write with the alarm it needs, then the projection. What leaves nothing behind leaves no object behind. */
  private async act<Result>(work: (desk: Desk) => Result): Promise<Result> {
    this.store.open();
    const result = this.ctx.storage.transactionSync(() => work(this.desk()));
    if (this.store.isEmpty()) {
      this.store.close();
      await this.ctx.storage.deleteAll();
      return result;
    }
    await this.arm();
    if (Date.now() - this.failedAt > restMs) await this.flushAtMost(projectionPatienceMs);
    return result;
  }

  /** Sets the alarm to what is due first: something to tell, or another try to reach the database. */
  private async arm(): Promise<void> {
    const entity = this.store.entity();
    const clock = entity?.archivedAt === null ? entity.clock : null;
    const [oldest] = this.store.waiting(1, mostBytes);
    const due = clock && nextAlertAt(clock, this.store.calendars(), entity?.definition.warn_at_percent ?? []);
    const ring = due === null ? Infinity : due - this.store.clockOffsetMs();
    const retry = oldest ? retryAt(oldest, Date.now()) : Infinity;
    const next = Math.min(ring, retry);
    const wanted = next === Infinity ? null : Math.min(next, latestAlarm);
    if (wanted === this.armedFor) return;
    this.armedFor = wanted;
    await (wanted === null ? this.ctx.storage.deleteAlarm() : this.ctx.storage.setAlarm(wanted));
  }

  // A timer left running would keep the object from sleeping.
  private async flushAtMost(ms: number): Promise<void> {
    const done = new AbortController();
    const patience = scheduler.wait(ms, { signal: done.signal }).catch(() => {});
    await Promise.race([this.flush(), patience]);
    done.abort();
  }

  /** Empties the outbox into D1, one flush at a time. Never throws: what D1 would not take waits for the alarm. */
  private async flush(): Promise<void> {
    while (this.flushing) await this.flushing;
    this.flushing = this.emptyOutbox();
    await this.flushing;
    this.flushing = null;
  }

  private async emptyOutbox(): Promise<void> {
    const ref = this.ref();
    if (!ref) return;
    try {
      const next = () => this.store.waiting(pageSize, mostBytes);
      for (let rows = next(); rows.length > 0; rows = next()) {
        const told = pageOf(rows, this.store.entity(), this.store.calendars());
        const work = await projectStatus(databaseFor(this.env, ref.companyId), told);
        this.store.told(rows.at(-1)?.id ?? 0);
        await nudge(this.env, ref.companyId, work);
      }
      this.failedAt = 0;
      await this.arm();
    } catch (error) {
      if (this.failedAt === 0) this.log().error("status projection failed, the alarm will try again", error);
      this.failedAt = Date.now();
    }
  }

  private desk(): Desk {
    return { store: this.store, newId, realNow: Date.now() };
  }

  private ref(): protocol.EntityRef | null {
    return this.store.entity() ?? this.store.approvals()[0]?.request ?? null;
  }

  private log() {
    const { companyId = null, entityType = null, entityId = null } = this.ref() ?? {};
    return openLog({ object: "StatusMachine", companyId, entityType, entityId });
  }
}
