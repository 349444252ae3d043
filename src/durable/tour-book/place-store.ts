import type { Change, Place, PlaceState } from "./book.ts";

const dayMs = 24 * 60 * 60_000;

type Row = {
  claim_id: string;
  state: PlaceState;
  holder: string | null;
  due_ms: number | null;
  manager_id: string | null;
  staffed: number;
  start_ms: number;
  end_ms: number;
  before_ms: number;
  after_ms: number;
};

/** The book's lines in the object's SQLite. */
export class PlaceStore {
  private readonly storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
    storage.sql.exec(`
      create table if not exists places(
        claim_id text not null, state text not null, holder text, due_ms integer,
        manager_id text, staffed integer not null,
        start_ms integer not null, end_ms integer not null, before_ms integer not null, after_ms integer not null,
        primary key (claim_id, state)) strict;
      create index if not exists places_by_end on places(end_ms);
      create index if not exists places_by_due on places(due_ms) where due_ms is not null;`);
  }

  /** Everything within a day of a slot (longer than any tour with its buffers), and all lines of these claims and holder. */
  around(
    slot: { startMs: number; endMs: number },
    claimIds: string[],
    holder: string | null = null,
  ): Place[] {
    return this.read(
      `where (end_ms > ? and start_ms < ?) or claim_id in (select value from json_each(?)) or (state = 'held' and holder = ?)`,
      slot.startMs - dayMs,
      slot.endMs + dayMs,
      JSON.stringify(claimIds),
      holder,
    );
  }

  between(fromMs: number, toMs: number): Place[] {
    return this.read(
      "where end_ms + after_ms > ? and start_ms - before_ms < ? order by start_ms, claim_id",
      fromMs,
      toMs,
    );
  }

  of(claimId: string): Place[] {
    return this.read("where claim_id = ?", claimId);
  }

  withDueTime(): Place[] {
    return this.read("where due_ms is not null");
  }

  apply({ drop, put }: Change): void {
    this.storage.transactionSync(() => {
      for (const { claimId, state } of drop)
        this.storage.sql.exec("delete from places where claim_id = ? and state = ?", claimId, state);
      for (const place of put) this.write(place);
    });
  }

  dropEndedBefore(atMs: number): void {
    this.storage.sql.exec("delete from places where end_ms < ? and state = 'confirmed'", atMs);
  }

  private write(place: Place): void {
    this.storage.sql.exec(
      `insert or replace into places(claim_id, state, holder, due_ms, manager_id, staffed, start_ms, end_ms, before_ms, after_ms)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      place.claimId,
      place.state,
      place.holder,
      place.dueMs,
      place.managerId,
      place.staffed ? 1 : 0,
      place.startMs,
      place.endMs,
      place.beforeMs,
      place.afterMs,
    );
  }

  private read(where: string, ...bindings: (string | number | null)[]): Place[] {
    return this.storage.sql
      .exec<Row>(`select * from places ${where}`, ...bindings)
      .toArray()
      .map((row) => ({
        claimId: row.claim_id,
        state: row.state,
        holder: row.holder,
        dueMs: row.due_ms,
        managerId: row.manager_id,
        staffed: row.staffed === 1,
        startMs: row.start_ms,
        endMs: row.end_ms,
        beforeMs: row.before_ms,
        afterMs: row.after_ms,
      }));
  }
}
