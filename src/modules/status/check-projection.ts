import { databaseFor } from "../../db/client.ts";
import type { SnapshotPlace } from "../../durable/status-machine/pages.ts";
import { statusMachine } from "../../durable/stubs.ts";
import type { StatusPage } from "./project-status.ts";
import { repairProjection } from "./repair-projection.ts";

export type Ref = { entityType: string; entityId: string };
export type Drift = Ref & { differences: string[] };

type Row = Record<string, unknown>;

const pageSize = 500;

/**
 * Compares what the database shows of an entity with what its machine knows, and writes it again from there. Null
 * where they agree. A difference is looked at twice: the machine may have been telling just then.
 */
export async function checkProjection(
  env: Env,
  companyId: string,
  ref: Ref,
  repair: boolean,
): Promise<Drift | null> {
  const first = await differencesOf(env, companyId, ref);
  const differences = first.length > 0 ? await differencesOf(env, companyId, ref) : first;
  if (differences.length === 0) return null;
  if (repair) await repairProjection(env, companyId, ref.entityType, ref.entityId);
  return { ...ref, differences };
}

async function differencesOf(env: Env, companyId: string, ref: Ref): Promise<string[]> {
  const machine = statusMachine(env, companyId, ref.entityType, ref.entityId);
  const differences: string[] = [];
  for (let place = { seq: 0, event: 0 }, parts = allParts; ; parts = longParts) {
    const told = await machine.snapshot(place, pageSize);
    const shown = await readShown(env, companyId, ref, place, told?.next ?? atTheEnd);
    const known = told?.entities[0];
    if (!told || !known)
      return shown.entities.some((row) => row["archived_at"] === null)
        ? ["the machine knows nothing of it"]
        : [];
    // Shown rows that are newer than the snapshot were told while we looked.
    if (Number(shown.entities[0]?.["version"] ?? 0) > Number(known["version"])) return [];
    for (const part of parts) differences.push(...differencesIn(part, told, shown));
    if (told.next === null) return differences;
    place = told.next;
  }
}

type Part = "entities" | "transitions" | "approvals" | "breaches" | "events";
type Shown = Record<Part, Row[]>;

/** Those that are read page by page; the others are whole on every page. */
const longParts: Part[] = ["transitions", "events"];
const allParts: Part[] = ["entities", "approvals", "breaches", ...longParts];
const atTheEnd = { seq: Number.MAX_SAFE_INTEGER, event: Number.MAX_SAFE_INTEGER };

async function readShown(
  env: Env,
  companyId: string,
  ref: Ref,
  after: SnapshotPlace,
  to: SnapshotPlace,
): Promise<Shown> {
  const db = databaseFor(env, companyId);
  const where = "company_id = ?1 and entity_type = ?2 and entity_id = ?3";
  const select = (rest: string) => db.prepare(`select * from ${rest}`);
  const about = [companyId, ref.entityType, ref.entityId] as const;
  const [entities, transitions, approvals, breaches, events] = await db.batch<Row>([
    select(`status_entities where ${where}`).bind(...about),
    select(
      `status_transitions where ${where} and seq > ?4 and seq <= ?5 order by seq limit ${pageSize}`,
    ).bind(...about, after.seq, to.seq),
    select(`status_approvals where ${where}`).bind(...about),
    select(`status_breaches where ${where}`).bind(...about),
    select(
      `status_events where ${where} and sequence > ?4 and sequence <= ?5 order by sequence limit ${pageSize}`,
    ).bind(...about, after.event, to.event),
  ]);
  return {
    entities: entities?.results ?? [],
    transitions: transitions?.results ?? [],
    approvals: approvals?.results ?? [],
    breaches: breaches?.results ?? [],
    events: events?.results ?? [],
  };
}

/** What tells the rows of one entity apart. */
const keys: Record<Part, string[]> = {
  entities: [],
  transitions: ["seq"],
  approvals: ["id"],
  breaches: ["clock_id", "deadline"],
  events: ["sequence"],
};

function differencesIn(part: Part, told: StatusPage, shown: Shown): string[] {
  const nameOf = (row: Row) => keys[part].map((key) => JSON.stringify(row[key])).join(" ");
  const wanted = new Map((told[part] as Row[]).map((row) => [nameOf(row), row]));
  const found = new Map(shown[part].map((row) => [nameOf(row), row]));
  const missing = [...wanted.keys()].filter((name) => !found.has(name));
  const surplus = [...found.keys()].filter((name) => !wanted.has(name));
  // Where a breach belonged may have changed since; that it happened has not.
  const compared = part === "breaches" ? [] : [...wanted];
  return [
    ...missing.map((name) => `${part} ${name} is missing`),
    ...surplus.map((name) => `${part} ${name} should not be there`),
    ...compared.flatMap(([name, row]) => {
      const other = found.get(name);
      const columns = other ? Object.keys(row).filter((key) => !isSame(row[key], other[key])) : [];
      return columns.map((key) => `${part} ${name}: ${key}`);
    }),
  ];
}

/** A value as the machine tells it and as SQLite keeps it: flags are 0 and 1, JSON is text. */
function isSame(told: unknown, shown: unknown): boolean {
  if (typeof told === "boolean") return Number(told) === shown;
  if (typeof told === "object" && told !== null)
    return typeof shown === "string" && JSON.stringify(told) === JSON.stringify(JSON.parse(shown));
  return (told ?? null) === (shown ?? null);
}
