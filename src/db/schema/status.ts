import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { OfficeHours } from "../../modules/properties/office-hours.ts";
import type { WorkflowDefinition } from "../../modules/status/workflow-schema.ts";
import { at, flag, json } from "./columns.ts";

export const statusEventKinds = [
  "status_changed",
  "status_migrated",
  "sla_warning",
  "sla_overdue",
  "approval_requested",
  "approval_rejected",
] as const;

/** Projection of the machines: one row for each entity that has a status. Written by its object only. */
export const statusEntities = sqliteTable(
  "status_entities",
  {
    companyId: text("company_id").notNull(),
    entityType: text("entity_type").notNull(),
    entityId: text("entity_id").notNull(),
    /** How the id was first given, so that it goes out as it came. */
    entityIdKind: text("entity_id_kind", { enum: ["number", "string"] }).notNull(),
    propertyId: text("property_id"),
    ownerId: text("owner_id"),
    workflowId: text("workflow_id").notNull(),
    workflowVersion: integer("workflow_version").notNull(),
    workflowName: text("workflow_name").notNull(),
    currentStatus: text("current_status").notNull(),
    statusLabel: text("status_label").notNull(),
    statusColor: text("status_color").notNull(),
    isFinal: flag("is_final").notNull(),
    statusSince: at("status_since").notNull(),
    /** Null where no clock runs. */
    slaDeadline: at("sla_deadline"),
    isOverdue: flag("is_overdue").notNull(),
    paused: flag("paused").notNull(),
    warningHours: real("warning_hours").notNull(),
    criticalHours: real("critical_hours").notNull(),
    priority: text("priority"),
    entityDetails: json<Record<string, unknown>>("entity_details").notNull(),
    /** Revision of the machine; an older page never overwrites a newer one. */
    version: integer("version").notNull(),
    /** Number of transitions so far. */
    seq: integer("seq").notNull(),
    createdAt: at("created_at").notNull(),
    updatedAt: at("updated_at").notNull(),
    archivedAt: at("archived_at"),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.entityType, table.entityId] }),
    index("status_entities_by_clock")
      .on(table.companyId, table.isOverdue, table.slaDeadline)
      .where(sql`${table.slaDeadline} is not null`),
    index("status_entities_by_status").on(
      table.companyId,
      table.entityType,
      table.currentStatus,
      table.statusSince,
      table.entityId,
    ),
    index("status_entities_by_property").on(
      table.companyId,
      table.propertyId,
      table.entityType,
      table.currentStatus,
    ),
    index("status_entities_due")
      .on(table.slaDeadline)
      .where(sql`${table.isOverdue} = 0 and ${table.slaDeadline} is not null`),
    index("status_entities_by_workflow")
      .on(table.companyId, table.workflowId, table.workflowVersion, table.entityId, table.currentStatus)
      .where(sql`${table.archivedAt} is null`),
  ],
);

/** Projection of the machines' histories. A row never changes. */
export const statusTransitions = sqliteTable(
  "status_transitions",
  {
    companyId: text("company_id").notNull(),
    entityType: text("entity_type").notNull(),
    entityId: text("entity_id").notNull(),
    seq: integer("seq").notNull(),
    transitionId: text("transition_id").notNull(),
    propertyId: text("property_id"),
    workflowId: text("workflow_id").notNull(),
    workflowVersion: integer("workflow_version").notNull(),
    /** A migration renames a status; nobody worked. */
    kind: text("kind", { enum: ["change", "migration"] }).notNull(),
    fromStatus: text("from_status"),
    toStatus: text("to_status").notNull(),
    at: at("at").notNull(),
    reason: text("reason"),
    actorId: text("actor_id").notNull(),
    actorName: text("actor_name").notNull(),
    /** The part of the system that acted, null for a person. */
    component: text("component"),
    approvedBy: text("approved_by"),
    priority: text("priority"),
    /** Time spent in `from_status`. */
    durationMs: integer("duration_ms"),
    isMilestone: flag("is_milestone").notNull(),
    /** Deadline of the status entered, as it stood then. */
    slaDeadline: at("sla_deadline"),
    /** The clock this transition ended: its deadline, and whether it was kept. Null where none ended. */
    endedDeadline: at("ended_deadline"),
    endedMet: flag("ended_met"),
    /** The status that clock measured. */
    endedStatus: text("ended_status"),
    businessContext: json<Record<string, unknown>>("business_context").notNull(),
    metadata: json<Record<string, unknown>>("metadata").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.entityType, table.entityId, table.seq] }),
    index("status_transitions_by_time").on(table.companyId, table.at),
    index("status_transitions_by_type").on(table.companyId, table.entityType, table.at),
    index("status_transitions_of_leads")
      .on(table.companyId, table.propertyId, table.at)
      .where(sql`${table.entityType} = 'lead' and ${table.kind} = 'change'`),
  ],
);

/** Projection of what the machines told, as receivers of webhooks hear it. A row never changes. */
export const statusEvents = sqliteTable(
  "status_events",
  {
    companyId: text("company_id").notNull(),
    entityType: text("entity_type").notNull(),
    entityId: text("entity_id").notNull(),
    /** Numbers the events of an entity from 1 without gaps. */
    sequence: integer("sequence").notNull(),
    /** Of a change the id of its transition. */
    id: text("id").notNull(),
    event: text("event", { enum: statusEventKinds }).notNull(),
    propertyId: text("property_id"),
    /** What status filters are compared with. */
    status: text("status").notNull(),
    at: at("at").notNull(),
    data: json<Record<string, unknown>>("data").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.entityType, table.entityId, table.sequence] }),
    index("status_events_by_time").on(table.companyId, table.at, table.id),
  ],
);

/** Projection of the machines' approvals. */
export const statusApprovals = sqliteTable(
  "status_approvals",
  {
    companyId: text("company_id").notNull(),
    id: text("id").notNull(),
    entityType: text("entity_type").notNull(),
    entityId: text("entity_id").notNull(),
    entityIdKind: text("entity_id_kind", { enum: ["number", "string"] }).notNull(),
    propertyId: text("property_id"),
    fromStatus: text("from_status"),
    toStatus: text("to_status").notNull(),
    status: text("status", { enum: ["pending", "approved", "rejected", "superseded"] }).notNull(),
    reason: text("reason"),
    businessContext: json<Record<string, unknown>>("business_context").notNull(),
    requestedBy: text("requested_by").notNull(),
    requestedByName: text("requested_by_name").notNull(),
    requestedAt: at("requested_at").notNull(),
    decidedBy: text("decided_by"),
    decidedByName: text("decided_by_name"),
    decidedAt: at("decided_at"),
    decisionReason: text("decision_reason"),
    transitionId: text("transition_id"),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.id] }),
    index("status_approvals_by_status").on(table.companyId, table.status, table.requestedAt, table.id),
    index("status_approvals_by_entity").on(table.companyId, table.entityType, table.entityId),
  ],
);

/** Workflows of a company; every version stays, entities live by the one they began with. */
export const statusWorkflows = sqliteTable(
  "status_workflows",
  {
    companyId: text("company_id").notNull(),
    id: text("id").notNull(),
    version: integer("version").notNull(),
    entityType: text("entity_type").notNull(),
    name: text("name").notNull(),
    isDefault: flag("is_default").notNull(),
    /** False for a version that was replaced, and for a workflow that takes no new entities. */
    isActive: flag("is_active").notNull(),
    definition: json<WorkflowDefinition>("definition").notNull(),
    createdBy: text("created_by").notNull(),
    createdAt: at("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.id, table.version] }),
    index("status_workflows_by_type").on(table.companyId, table.entityType, table.isActive),
    uniqueIndex("status_workflows_by_name")
      .on(table.companyId, table.entityType, sql`lower(${table.name})`)
      .where(sql`${table.isActive} = 1`),
    uniqueIndex("status_workflows_default")
      .on(table.companyId, table.entityType)
      .where(sql`${table.isActive} = 1 and ${table.isDefault} = 1`),
  ],
);

/** Entities on their way from one version of a workflow to another, and how far they have come. */
export const statusMigrations = sqliteTable(
  "status_migrations",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    workflowId: text("workflow_id").notNull(),
    toWorkflowId: text("to_workflow_id").notNull(),
    toVersion: integer("to_version").notNull(),
    /** Old status to new one. */
    mapping: json<Record<string, string>>("mapping").notNull(),
    /** Entities that were to go when it began. */
    total: integer("total").notNull(),
    migrated: integer("migrated").notNull().default(0),
    failed: integer("failed").notNull().default(0),
    /** The first hundred that could not go, and why. */
    failures: json<MigrationFailure[]>("failures").notNull(),
    /** The last entity that was looked at. */
    after: text("after").notNull().default(""),
    createdBy: text("created_by").notNull(),
    createdByName: text("created_by_name").notNull(),
    createdAt: at("created_at").notNull(),
    finishedAt: at("finished_at"),
  },
  (table) => [index("status_migrations_by_workflow").on(table.companyId, table.workflowId, table.id)],
);

export type MigrationFailure = { entity_id: string | number; code: string; message: string };

/**
 * When a company, or one of its properties, counts time. Without a row for either, time runs around the clock.
 * A version is never used twice, not even by a calendar that was deleted and made again: machines know calendars
 * by their version.
 */
export const businessCalendars = sqliteTable(
  "business_calendars",
  {
    companyId: text("company_id").notNull(),
    /** Empty for the company's own. */
    propertyId: text("property_id").notNull(),
    version: integer("version").notNull(),
    timeZone: text("time_zone").notNull(),
    hours: json<OfficeHours>("hours").notNull(),
    updatedAt: at("updated_at").notNull(),
    deletedAt: at("deleted_at"),
  },
  (table) => [primaryKey({ columns: [table.companyId, table.propertyId] })],
);

/** What the calendars said before; a clock's proof names the version it was counted by. */
export const businessCalendarVersions = sqliteTable(
  "business_calendar_versions",
  {
    companyId: text("company_id").notNull(),
    propertyId: text("property_id").notNull(),
    version: integer("version").notNull(),
    timeZone: text("time_zone").notNull(),
    hours: json<OfficeHours>("hours").notNull(),
    createdAt: at("created_at").notNull(),
    createdBy: text("created_by").notNull(),
    createdByName: text("created_by_name").notNull(),
  },
  (table) => [primaryKey({ columns: [table.companyId, table.propertyId, table.version] })],
);
