import { DurableObject } from "cloudflare:workers";
import { openLog } from "../../core/log.ts";
import { databaseFor, openDb } from "../../db/client.ts";
import type { Taken } from "../../modules/tours/slot-room.ts";
import { findLivePlace, listLivePlaces } from "../../modules/tours/tour-places.ts";
import * as book from "./book.ts";
import { PlaceStore } from "./place-store.ts";

const keptAfterEndMs = 2 * 24 * 60 * 60_000;
const retryMs = 15_000;

export type BusyPlace = Taken & {
  claimId: string;
  /** End of a hold in company time; null for tours. */
  untilMs: number | null;
};

/**
 * The tour book of one property and the only authority on which times are taken: every claim is decided here, one
 * at a time. Tours themselves live in D1; a claim whose tour never arrived there is found out and dropped.
 * `nowMs` is always company time.
 */
export class TourBook extends DurableObject<Env> {
  private readonly places: PlaceStore;
  private offsetMs: number;
  /** Counts changes, so that a look into D1 can tell whether the book moved on meanwhile. */
  private revision = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.places = new PlaceStore(ctx.storage);
    this.offsetMs = ctx.storage.kv.get<number>("offsetMs") ?? 0;
    if (ctx.id.name && !ctx.storage.kv.get("name")) ctx.storage.kv.put("name", ctx.id.name);
  }

  async claim(request: book.ClaimRequest, nowMs: number): Promise<book.ClaimAnswer> {
    const ids = [request.claimId, ...(request.holdId ? [request.holdId] : [])];
    const near = this.places.around(request.slot, ids, request.holder);
    const { answer, change } = book.claim(near, request, this.clocks(nowMs));
    await this.apply(change);
    return answer;
  }

  async hold(request: book.HoldRequest, nowMs: number): Promise<book.HoldAnswer> {
    const near = this.places.around(request.slot, [], request.holder);
    const { answer, change } = book.hold(near, request, this.clocks(nowMs));
    await this.apply(change);
    return answer;
  }

  async move(request: book.Request, nowMs: number): Promise<book.MoveAnswer> {
    const near = this.places.around(request.slot, [request.claimId], request.holder);
    const { answer, change } = book.move(near, request, this.clocks(nowMs));
    await this.apply(change);
    return answer;
  }

  /** To be called once the tour's row is committed at this start. */
  async confirmClaim(claimId: string, startMs: number): Promise<void> {
    await this.apply(book.confirm(this.places.of(claimId), claimId, startMs));
  }

  /** Gives up a hold, or all places of a tour whose row says that it is over. */
  async release(claimId: string): Promise<void> {
    await this.apply({ drop: this.places.of(claimId), put: [] });
  }

  busy(fromMs: number, toMs: number, nowMs: number): BusyPlace[] {
    const clocks = this.clocks(nowMs);
    return this.places
      .between(fromMs, toMs)
      .filter((place) => book.isInForce(place, clocks))
      .map(({ state, holder: _holder, dueMs, ...place }) => ({
        ...place,
        untilMs: state === "held" ? dueMs : null,
      }));
  }

  /** Makes one claim what its tour's row in D1 says. */
  async settle(claimId: string): Promise<void> {
    const { companyId, db } = this.scope();
    const truth = await this.whileStill(() => findLivePlace(db, companyId, claimId));
    await this.apply(book.settle(this.places.of(claimId), claimId, truth, this.clocks()));
  }

  /** Makes every claim that is not over yet what D1 says; answers how many were wrong. */
  async rebuild(nowMs: number): Promise<number> {
    const { companyId, propertyId, db } = this.scope();
    const clocks = this.clocks(nowMs);
    const truths = await this.whileStill(() => listLivePlaces(db, companyId, propertyId, nowMs));
    const known = this.places.between(nowMs, Number.MAX_SAFE_INTEGER).filter(({ state }) => state !== "held");
    const claimIds = new Set([...truths.keys(), ...known.map((place) => place.claimId)]);
    const changes = [...claimIds]
      .map((id) => book.settle(this.places.of(id), id, truths.get(id) ?? null, clocks))
      .filter(({ drop, put }) => drop.length + put.length > 0);
    await this.apply({
      drop: changes.flatMap((change) => change.drop),
      put: changes.flatMap((change) => change.put),
    });
    return changes.length;
  }

  override async alarm(): Promise<void> {
    const clocks = this.clocks();
    const { expired, unsettled } = book.overdue(this.places.withDueTime(), clocks);
    this.places.apply({ drop: expired, put: [] });
    this.places.dropEndedBefore(Math.min(clocks.nowMs, clocks.realMs) - keptAfterEndMs);
    try {
      for (const claimId of unsettled) await this.settle(claimId);
      await this.ring();
    } catch (error) {
      // A place stays taken until D1 can be asked; a throwing alarm would be dropped for good after six tries.
      openLog({ object: "TourBook" }).error("claims could not be settled", error);
      await this.ctx.storage.setAlarm(clocks.realMs + retryMs);
    }
  }

  private async apply(change: book.Change): Promise<void> {
    if (change.drop.length + change.put.length === 0) return;
    this.revision += 1;
    this.places.apply(change);
    await this.ring();
  }

  /** Rings no later than the next due time; an alarm that comes early finds nothing to do. */
  private async ring(): Promise<void> {
    const dueMs = book.nextDueMs(this.places.withDueTime(), this.offsetMs);
    if (dueMs === null) return;
    const set = await this.ctx.storage.getAlarm();
    if (set === null || set > dueMs) await this.ctx.storage.setAlarm(dueMs);
  }

  private clocks(nowMs?: number): book.Clocks {
    const realMs = Date.now();
    if (nowMs === undefined) return { realMs, nowMs: realMs + this.offsetMs };
    const offsetMs = nowMs - realMs;
    // Calls take a moment: only a moved company clock is worth a write.
    if (Math.abs(offsetMs - this.offsetMs) > 2_000) {
      this.offsetMs = offsetMs;
      this.ctx.storage.kv.put("offsetMs", offsetMs);
    }
    return { realMs, nowMs };
  }

  /** Reads outside the object let other calls in; a reading that was overtaken is repeated. */
  private async whileStill<Reading>(read: () => Promise<Reading>): Promise<Reading> {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const before = this.revision;
      const reading = await read();
      if (before === this.revision) return reading;
    }
    throw new Error("the tour book changes faster than D1 can be read");
  }

  private scope() {
    const name = this.ctx.id.name ?? this.ctx.storage.kv.get<string>("name") ?? "";
    const [companyId, propertyId] = name.split(":");
    if (!companyId || !propertyId) throw new Error(`a tour book without a property: ${name}`);
    return { companyId, propertyId, db: openDb(databaseFor(this.env, companyId)) };
  }
}
