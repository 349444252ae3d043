import type { BusinessCalendar } from "../../modules/status/business-time.ts";
import type { WorkflowDefinition } from "../../modules/status/workflow-schema.ts";
import type { EventRow } from "../../modules/status/project-status.ts";
import type { Calendars, Clock } from "./clock.ts";
import type { Approval, Entity, Transition } from "./protocol.ts";

type Body = { body: string };
export type Waiting = {
  id: number;
  kind: "entity" | "transition" | "approval" | "breach" | "event" | "work" | "audit";
  body: string;
  created_at: number;
};

const tables = `
  create table if not exists entity (id integer primary key check (id = 1), body text not null) strict;
  create table if not exists settings (name text primary key, body text not null) strict;
  create table if not exists calendars (version text primary key, body text not null) strict;
  create table if not exists clocks (id integer primary key, status text not null, closed_at integer, body text not null) strict;
  create table if not exists transitions (
    seq integer primary key, id text not null unique, change_id text not null unique, at integer not null, body text not null
  ) strict;
  create table if not exists events (seq integer primary key, body text not null) strict;
  create table if not exists approvals (
    id text primary key, change_id text not null unique, status text not null, body text not null
  ) strict;
  create table if not exists outbox (
    id integer primary key autoincrement, kind text not null, body text not null, created_at integer not null
  ) strict;
`;

const wordless = `body = json_replace(body, '$.data.business_context', json('{}'), '$.data.decision_reason', null)`;

const forgetting = [
  `update entity set body = json_set(body, '$.entityDetails', json('{}'))`,
  `update transitions set body = json_set(body, '$.reason', null, '$.businessContext', json('{}'), '$.metadata', json('{}'))`,
  `update transitions set body = json_set(body, '$.actor.name', '[erased]') where body->>'$.actor.role' = 'visitor'`,
  `update approvals set body = json_set(body, '$.decisionReason', null, '$.request.transitionReason', null,
     '$.request.businessContext', json('{}'), '$.request.metadata', json('{}'), '$.request.facts', json('{}'),
     '$.request.entityDetails', json('{}'))`,
  `update events set ${wordless}`,
  `update outbox set body = json_set(body, '$.entity_details', json('{}')) where kind = 'entity'`,
  `update outbox set body = json_set(body, '$.reason', null, '$.business_context', json('{}'), '$.metadata', json('{}'))
     where kind = 'transition'`,
  `update outbox set body = json_set(body, '$.reason', null, '$.business_context', json('{}'), '$.decision_reason', null)
     where kind = 'approval'`,
  `update outbox set ${wordless} where kind = 'event'`,
  `delete from outbox where kind in ('work', 'audit')`,
];

/** As much of what waits or is asked for as goes into one page: `limit` rows, and no further row behind `bytes`. */
const pageOf = (rows: string, key: string) => `select * from
  (select *, sum(octet_length(body)) over (order by ${key}) - octet_length(body) as before from (${rows}))
  where before < ? order by ${key}`;
const transitionPage = pageOf("select * from transitions where seq > ? order by seq limit ?", "seq");
const eventPage = pageOf("select * from events where seq > ? order by seq limit ?", "seq");
const outboxPage = pageOf("select * from outbox order by id limit ?", "id");

export type MachineStore = ReturnType<typeof openStore>;

/** A machine's own database. Every function is one synchronous statement or two; callers make them one transaction. */
export function openStore(sql: SqlStorage) {
  // Reading an entity that never was must not create an object: tables appear with the first write.
  let isOpen = sql.exec("select 1 from sqlite_master where name = 'entity'").toArray().length > 0;
  const parsed = <T>(rows: Iterable<Body>) => Array.from(rows, (row) => JSON.parse(row.body) as T);
  const select = <T>(query: string, ...values: unknown[]) =>
    isOpen ? parsed<T>(sql.exec<Body>(query, ...values)) : [];
  const setting = <T>(name: string) => select<T>("select body from settings where name = ?", name)[0];
  // A version of a calendar never changes, and what is found out about its days is kept with it.
  const knownCalendars = new Map<string, BusinessCalendar>();
  const calendarOf = (version: string, body: string) => {
    const known = knownCalendars.get(version) ?? (JSON.parse(body) as BusinessCalendar);
    knownCalendars.set(version, known);
    return known;
  };
  const set = (name: string, value: unknown) =>
    sql.exec("insert or replace into settings (name, body) values (?, ?)", name, JSON.stringify(value));

  return {
    open() {
      sql.exec(tables);
      isOpen = true;
    },
    isEmpty: () =>
      select("select body from entity union all select body from approvals limit 1").length === 0,
    /** Everything is gone. */
    close: () => void (isOpen = false),

    clockOffsetMs: () => setting<number>("clock_offset_ms") ?? 0,
    setClockOffset: (offsetMs: number) => set("clock_offset_ms", offsetMs),

    entity(): Entity | null {
      const [kept] = select<Omit<Entity, "definition">>("select body from entity");
      const definition = kept && setting<WorkflowDefinition>("definition");
      return definition ? { ...kept, definition } : null;
    },
    /** `before` spares the definition a write when it has not changed. */
    saveEntity(entity: Entity, before: Entity | null) {
      const { definition, ...rest } = entity;
      sql.exec("insert or replace into entity (id, body) values (1, ?)", JSON.stringify(rest));
      if (definition !== before?.definition) set("definition", definition);
    },

    calendars: (): Calendars =>
      Object.fromEntries(
        (isOpen
          ? sql.exec<Body & { version: string }>("select version, body from calendars").toArray()
          : []
        ).map(({ version, body }) => [version, calendarOf(version, body)]),
      ),
    saveCalendar(calendar: BusinessCalendar) {
      const body = JSON.stringify(calendar);
      sql.exec("insert or ignore into calendars (version, body) values (?, ?)", calendar.version, body);
    },

    closedClocks: () => select<Clock>("select body from clocks order by id"),
    /** The latest so many, the oldest of them first. */
    lastClosedClocks: (limit: number) =>
      select<Clock>("select body from clocks order by id desc limit ?", limit).toReversed(),
    formerClock: (status: string): Clock | null =>
      select<Clock>("select body from clocks where status = ? order by id desc limit 1", status)[0] ?? null,
    lastClockId: (): number =>
      sql.exec<{ id: number | null }>("select max(id) as id from clocks").one().id ?? 0,
    saveClosedClock(clock: Clock) {
      const body = JSON.stringify(clock);
      sql.exec(
        "insert or replace into clocks (id, status, closed_at, body) values (?, ?, ?, ?)",
        clock.id,
        clock.status,
        clock.closedAt,
        body,
      );
    },
    forgetClosedClock: (id: number) => sql.exec("delete from clocks where id = ?", id),

    transitionOf: (changeId: string): Transition | null =>
      select<Transition>("select body from transitions where change_id = ?", changeId)[0] ?? null,
    saveTransition(transition: Transition) {
      const { seq, id, changeId, at } = transition;
      const body = JSON.stringify(transition);
      sql.exec(
        "insert into transitions (seq, id, change_id, at, body) values (?, ?, ?, ?, ?)",
        seq,
        id,
        changeId,
        at,
        body,
      );
    },
    transitionsAfter: (seq: number, limit: number, bytes: number) =>
      select<Transition>(transitionPage, seq, limit, bytes),
    /** Newest first. */
    history: (from: number, to: number, limit: number, offset: number) =>
      select<Transition>(
        "select body from transitions where at >= ? and at <= ? order by seq desc limit ? offset ?",
        from,
        to,
        limit,
        offset,
      ),
    historyCount: (from: number, to: number): number =>
      sql
        .exec<{ n: number }>("select count(*) as n from transitions where at >= ? and at <= ?", from, to)
        .one().n,

    lastEvent: (): number =>
      sql.exec<{ seq: number | null }>("select max(seq) as seq from events").one().seq ?? 0,
    saveEvent: (seq: number, row: EventRow) =>
      sql.exec("insert into events (seq, body) values (?, ?)", seq, JSON.stringify(row)),
    eventsAfter: (seq: number, limit: number, bytes: number) =>
      select<EventRow>(eventPage, seq, limit, bytes),

    approval: (id: string): Approval | null =>
      select<Approval>("select body from approvals where id = ?", id)[0] ?? null,
    approvalOf: (changeId: string): Approval | null =>
      select<Approval>("select body from approvals where change_id = ?", changeId)[0] ?? null,
    approvals: () => select<Approval>("select body from approvals order by id"),
    pendingApprovals: () =>
      select<Approval>("select body from approvals where status = 'pending' order by id"),
    saveApproval(approval: Approval) {
      const { id, changeId, status } = approval;
      sql.exec(
        "insert or replace into approvals (id, change_id, status, body) values (?, ?, ?, ?)",
        id,
        changeId,
        status,
        JSON.stringify(approval),
      );
    },

    /** What was written about the entity, here and on its way into the projection. */
    forgetDetails() {
      for (const statement of forgetting) sql.exec(statement);
    },

    tell(kind: Waiting["kind"], body: unknown, realNow: number) {
      sql.exec(
        "insert into outbox (kind, body, created_at) values (?, ?, ?)",
        kind,
        JSON.stringify(body),
        realNow,
      );
    },
    /** What is to be told next. */
    waiting: (limit: number, bytes: number): Waiting[] =>
      sql.exec<Waiting>(outboxPage, limit, bytes).toArray(),
    told: (lastId: number) => sql.exec("delete from outbox where id <= ?", lastId),
  };
}
