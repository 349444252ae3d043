import {
  initialSteps,
  stepNamed,
  type WorkflowDefinition,
  type WorkflowStep,
} from "../../modules/status/workflow-schema.ts";
import type { ChangeRequest, Entity, Json, Refusal, RefusalCode } from "./protocol.ts";

/** The step a change may enter, or why it may not. Approval is not looked at. */
export function checkMove(entity: Entity | null, request: ChangeRequest): WorkflowStep | Refusal {
  const definition = entity?.definition ?? request.definition;
  const target = stepNamed(definition, request.toStatus);
  return (
    lostRace(entity, request) ??
    gone(entity) ??
    badDate(request) ??
    noSuchMove(entity, definition, request) ??
    (target
      ? (notAllowed(target, request) ?? fieldsMissing(entity, target, request) ?? target)
      : unknownStep())
  );
}

export function refuse(code: RefusalCode, message: string, details: Json = {}): Refusal {
  return { outcome: "refused", code, message, details };
}

/** Where an entity may go from here; the first steps when it is nowhere yet. */
export function waysOut(entity: Entity | null, definition: WorkflowDefinition): string[] {
  if (!entity) return initialSteps(definition).map((step) => step.status_name);
  return stepNamed(definition, entity.status)?.allowed_transitions ?? [];
}

/** The date that was promised in `estimated_completion` (epoch ms); null when none was. */
export function promisedDate(businessContext: Json): number | null {
  const said = businessContext["estimated_completion"];
  return said === undefined || said === null ? null : parseInstant(said);
}

function parseInstant(said: unknown): number {
  const withOffset = typeof said === "string" && /^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:?\d\d)$/i.test(said);
  return withOffset ? Date.parse(said) : Number.NaN;
}

function lostRace(entity: Entity | null, { expectedFromStatus }: ChangeRequest): Refusal | null {
  const current = entity?.status ?? null;
  if (expectedFromStatus === undefined || expectedFromStatus === current) return null;
  const message = `The status is ${current ?? "not set"}, not ${expectedFromStatus ?? "unset"}`;
  return refuse("CONFLICT", message, { current_status: current, expected_from_status: expectedFromStatus });
}

function gone(entity: Entity | null): Refusal | null {
  if (!entity || entity.archivedAt === null) return null;
  return refuse("ENTITY_NOT_FOUND", "The entity is archived");
}

function badDate({ businessContext }: ChangeRequest): Refusal | null {
  if (!Number.isNaN(promisedDate(businessContext))) return null;
  const message = "business_context.estimated_completion must be an ISO 8601 time with an offset";
  return refuse("VALIDATION_ERROR", message, { field: "business_context.estimated_completion" });
}

function noSuchMove(
  entity: Entity | null,
  definition: WorkflowDefinition,
  { toStatus }: ChangeRequest,
): Refusal | null {
  const allowed = waysOut(entity, definition);
  if (allowed.includes(toStatus)) return null;
  const message = entity
    ? `Cannot transition from '${entity.status}' to '${toStatus}'`
    : `'${toStatus}' is no status to begin with`;
  return refuse("INVALID_STATUS_TRANSITION", message, {
    current_status: entity?.status ?? null,
    requested_status: toStatus,
    allowed_transitions: allowed,
  });
}

function notAllowed(step: WorkflowStep, { actor }: ChangeRequest): Refusal | null {
  const { required_permission: permission } = step;
  if (actor.component !== null && step.refused_components.includes(actor.component))
    return refuse("PERMISSION_DENIED", `${actor.component} may not set ${step.status_name}`, {
      component: actor.component,
    });
  if (permission === null || holds(actor.permissions, permission)) return null;
  return refuse("PERMISSION_DENIED", `${permission} required`, { required_permission: permission });
}

export function holds(permissions: string[], permission: string): boolean {
  return permissions.includes(permission) || permissions.includes("*");
}

function fieldsMissing(entity: Entity | null, step: WorkflowStep, request: ChangeRequest): Refusal | null {
  const missing = step.required_fields.filter((field) => !isGiven(field, request));
  if (missing.length === 0) return null;
  return refuse("MISSING_REQUIRED_FIELD", `${step.status_name} requires ${missing.join(", ")}`, {
    current_status: entity?.status ?? null,
    requested_status: step.status_name,
    missing_fields: missing,
  });
}

// A fact must be true; a field must have been said, and `false` or 0 has been said.
function isGiven(field: string, { facts, businessContext, transitionReason }: ChangeRequest): boolean {
  if (field === "transition_reason" || field === "status_reason") return Boolean(transitionReason?.trim());
  if (field in facts) return Boolean(facts[field]);
  const said = businessContext[field];
  return said !== undefined && said !== null && said !== "";
}

function unknownStep(): Refusal {
  return refuse("INVALID_STATUS_TRANSITION", "The workflow has no such status");
}
