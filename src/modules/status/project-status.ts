import type { Work } from "../../core/outbox.ts";
import type { D1Handle } from "../../db/client.ts";
import { countPage } from "./project-rollups.ts";
import type { Told } from "./webhooks/message.ts";
import { deliveryStatements, keysOf } from "./webhooks/write-deliveries.ts";

const entityColumns = [
  "company_id",
  "entity_type",
  "entity_id",
  "entity_id_kind",
  "property_id",
  "owner_id",
  "workflow_id",
  "workflow_version",
  "workflow_name",
  "current_status",
  "status_label",
  "status_color",
  "is_final",
  "status_since",
  "sla_deadline",
  "is_overdue",
  "paused",
  "warning_hours",
  "critical_hours",
  "priority",
  "entity_details",
  "version",
  "seq",
  "created_at",
  "updated_at",
  "archived_at",
] as const;

const transitionColumns = [
  "company_id",
  "entity_type",
  "entity_id",
  "seq",
  "transition_id",
  "property_id",
  "workflow_id",
  "workflow_version",
  "kind",
  "from_status",
  "to_status",
  "at",
  "reason",
  "actor_id",
  "actor_name",
  "component",
  "approved_by",
  "priority",
  "duration_ms",
  "is_milestone",
  "sla_deadline",
  "ended_deadline",
  "ended_met",
  "ended_status",
  "business_context",
  "metadata",
] as const;

const approvalColumns = [
  "company_id",
  "id",
  "entity_type",
  "entity_id",
  "entity_id_kind",
  "property_id",
  "from_status",
  "to_status",
  "status",
  "reason",
  "business_context",
  "requested_by",
  "requested_by_name",
  "requested_at",
  "decided_by",
  "decided_by_name",
  "decided_at",
  "decision_reason",
  "transition_id",
] as const;

const eventColumns = [
  "company_id",
  "entity_type",
  "entity_id",
  "sequence",
  "id",
  "event",
  "property_id",
  "status",
  "at",
  "data",
] as const;

const workColumns = [
  "id",
  "company_id",
  "topic",
  "key",
  "payload",
  "dedupe_key",
  "status",
  "attempts",
  "next_attempt_at",
  "created_at",
] as const;

const breachColumns = [
  "company_id",
  "entity_type",
  "entity_id",
  "clock_id",
  "deadline",
  "property_id",
  "status",
] as const;

const auditColumns = [
  "id",
  "company_id",
  "actor_kind",
  "actor_id",
  "actor_name",
  "action",
  "record_type",
  "record_id",
  "before",
  "after",
  "request_id",
  "created_at",
] as const;

type Cell = {} | null;
type Row<Columns extends readonly string[]> = Record<Columns[number], Cell>;

export type EventRow = Row<typeof eventColumns> & Told;

/** What a machine has to tell the database: rows by column name, times in epoch ms. */
export type StatusPage = {
  entities: Row<typeof entityColumns>[];
  transitions: Row<typeof transitionColumns>[];
  approvals: Row<typeof approvalColumns>[];
  /** Deadlines that passed. */
  breaches: Row<typeof breachColumns>[];
  /** What is told to webhooks. */
  events: EventRow[];
  /** Rows of the outbox: what must follow. */
  work: (Row<typeof workColumns> & { id: string; key: string })[];
  /** Rows of the audit log. */
  audits: Row<typeof auditColumns>[];
};

/**
 * Writes a page in one atomic batch. Told twice it changes nothing, and told late it never puts an older state
 * over a newer one: entities compare versions, transitions never change, a decided approval stays decided, and
 * what is there already is not counted again. `isNews: false` leaves the roll-ups and the webhooks alone, for rows
 * that may have been counted and sent before they were lost. Answers what new work waits for its consumers.
 */
export async function projectStatus(
  db: D1Handle,
  page: StatusPage,
  { isNews = true } = {},
): Promise<Pick<Work, "topic" | "key">[]> {
  const deliveries = isNews ? deliveryStatements(db, page.events, Date.now()) : [];
  const statements = [
    ...(isNews ? countPage(db, page) : []),
    write(db, "status_entities", entityColumns, page.entities, entityConflict),
    write(db, "status_transitions", transitionColumns, page.transitions, "do nothing"),
    write(db, "status_approvals", approvalColumns, page.approvals, approvalConflict),
    write(db, "status_breaches", breachColumns, page.breaches, "do nothing"),
    write(db, "status_events", eventColumns, page.events, "do nothing"),
    write(db, "outbox", workColumns, page.work, "do nothing"),
    write(db, "audit_log", auditColumns, page.audits, "do nothing"),
    ...deliveries,
  ].filter((statement) => statement !== null);
  const answers = statements.length > 0 ? await db.batch(statements) : [];
  const woken = deliveries.length > 0 ? keysOf(answers.at(-1)) : [];
  return [
    ...page.work.map(({ key }) => ({ topic: "notifications" as const, key })),
    ...woken.map(({ key }) => ({ topic: "webhook-deliveries" as const, key })),
  ];
}

const entityConflict = `(company_id, entity_type, entity_id) do update set ${replaced(entityColumns)}
  where excluded.version >= status_entities.version`;

const approvalConflict = `(company_id, id) do update set ${replaced(approvalColumns)}
  where status_approvals.status = 'pending'`;

function replaced(columns: readonly string[]): string {
  return columns.map((column) => `${column} = excluded.${column}`).join(", ");
}

// One parameter carries all rows: a statement takes at most a hundred.
function write(db: D1Handle, table: string, columns: readonly string[], rows: object[], conflict: string) {
  if (rows.length === 0) return null;
  const values = columns.map((column) => `value->>'${column}'`).join(", ");
  const insert = `insert into ${table} (${columns.join(", ")}) select ${values} from json_each(?1) where true`;
  return db.prepare(`${insert} on conflict ${conflict}`).bind(JSON.stringify(rows));
}
