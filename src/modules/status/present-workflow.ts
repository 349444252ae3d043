import { iso } from "../../core/fields.ts";
import type { MigrationPlan as EntityMove } from "../../durable/status-machine/migrate.ts";
import type { KnownWorkflow, Workflows } from "./find-workflows.ts";
import type { EntityPlan, MigrationPlan } from "./plan-migration.ts";
import { hoursOf, instantOf, pagination } from "./present.ts";
import type { RehearsalReport } from "./rehearse-workflow.ts";
import type { MigrationRow } from "./run-migration.ts";
import { entityIdOf } from "./status-of.ts";
import type { Migration, Rehearsal } from "./workflows.schemas.ts";

type EntityPlace = EntityMove["from"];

export function presentWorkflows({ workflows, businessEntity }: Workflows) {
  return workflows.map((workflow) => presentWorkflow(workflow, businessEntity));
}

function presentWorkflow(
  { definition, isDefault, isActive, createdAt, entities }: KnownWorkflow,
  businessEntity: string,
) {
  return {
    workflow_id: definition.id,
    workflow_name: definition.name,
    entity_type: definition.entity_type,
    version: definition.version,
    is_default: isDefault,
    is_built_in: createdAt === null,
    is_active: isActive,
    business_entity: businessEntity,
    conditions: definition.conditions,
    reopen_policy: definition.reopen_policy,
    warn_at_percent: definition.warn_at_percent,
    steps: definition.steps,
    created_at: iso(createdAt),
    ...(entities === undefined ? {} : { entities }),
  };
}

const mostListed = 200;

export function presentRehearsal(report: RehearsalReport, { max_entities }: Rehearsal) {
  const late = report.told.flatMap(({ entityId, late: own }) => own.map((one) => ({ entityId, ...one })));
  const refused = report.told.flatMap(({ entityId, refused: own }) =>
    own.map((one) => ({ entityId, ...one })),
  );
  const noLongerLate = report.told.reduce((sum, entity) => sum + entity.noLongerLate, 0);
  const newlyLate = late.filter(({ wasLate }) => !wasLate).length;
  return {
    workflow_id: report.definition.id,
    entity_type: report.definition.entity_type,
    period: { from: iso(report.period.from), to: iso(report.period.to) },
    entities_examined: report.examined,
    entities_not_concerned: report.notConcerned,
    transitions_replayed: report.replayed,
    max_entities,
    truncated: report.truncated,
    summary: {
      late: late.length,
      late_as_recorded: late.length - newlyLate + noLongerLate,
      newly_late: newlyLate,
      no_longer_late: noLongerLate,
      refused: refused.length,
      approvals: report.told.reduce((sum, entity) => sum + entity.approvals, 0),
    },
    late: late.slice(0, mostListed).map((one) => ({
      entity_id: one.entityId,
      status: one.status,
      entered_at: instantOf(one.enteredAt),
      sla_deadline: instantOf(one.deadline),
      left_at: instantOf(one.leftAt),
      hours_late: hoursOf(one.lateMs),
      was_late: one.wasLate,
    })),
    refused: refused.slice(0, mostListed).map((one) => ({
      entity_id: one.entityId,
      from_status: one.from,
      to_status: one.to,
      at: instantOf(one.at),
      code: one.code,
      message: one.message,
    })),
  };
}

export function presentMigration(plan: MigrationPlan, asked: Migration) {
  return {
    dry_run: plan.migrationId === null,
    migration_id: plan.migrationId,
    workflow_id: plan.workflowId,
    to_workflow_id: plan.target.id,
    to_version: plan.target.version,
    total: plan.total,
    by_status: plan.byStatus.map(({ from, to, entities }) => ({
      from_status: from,
      to_status: to,
      entities,
    })),
    entities: plan.entities.map(presentEntityPlan),
    pagination: pagination(plan.total, asked),
  };
}

function presentEntityPlan({ entity, outcome }: EntityPlan) {
  const plan = outcome.outcome === "refused" ? null : outcome.plan;
  return {
    entity_type: entity.entityType,
    entity_id: entityIdOf(entity),
    from: plan && presentPlace(plan.from),
    to: plan && presentPlace(plan.to),
    approvals_kept: plan?.approvalsKept ?? [],
    approvals_superseded: plan?.approvalsSuperseded ?? [],
    problem: outcome.outcome === "refused" ? outcome.message : null,
  };
}

function presentPlace({ workflowId, version, status, slaDeadline }: EntityPlace) {
  return { workflow_id: workflowId, version, status, sla_deadline: instantOf(slaDeadline) };
}

export function presentProgress(row: MigrationRow) {
  return {
    migration_id: row.id,
    workflow_id: row.workflowId,
    to_workflow_id: row.toWorkflowId,
    to_version: row.toVersion,
    status_mapping: row.mapping,
    status: row.finishedAt === null ? "running" : "finished",
    total: row.total,
    migrated: row.migrated,
    failed: row.failed,
    failures: row.failures,
    created_by: { id: row.createdBy, name: row.createdByName },
    created_at: iso(row.createdAt),
    finished_at: iso(row.finishedAt),
  };
}
