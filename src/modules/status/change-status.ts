import { and, desc, eq } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { statusWorkflows } from "../../db/schema/status.ts";
import type { ChangeRequest, StatusView, Transition } from "../../durable/status-machine/protocol.ts";
import { statusMachine } from "../../durable/stubs.ts";
import { calendarIn, calendarQueries, propertyQuery } from "./calendars-in-force.ts";
import { chooseWorkflow } from "./choose-workflow.ts";
import { carried, momentOf, refusalError } from "./machine-request.ts";
import { builtInWorkflow } from "./workflows/built-in.ts";

export type StatusChangeInput = {
  entityType: string;
  entityId: string | number;
  toStatus: string;
  reason?: string | null;
  /** `estimated_completion` (ISO time) is the deadline, `priority` chooses hours; both optional like everything else. */
  businessContext?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
  /** The status the caller saw; null for "none yet". A lost race is a CONFLICT. */
  expectedFromStatus?: string | null;
  /** Names the change, so that it happens once however often it is asked for. */
  changeId?: string;
  /** Facts for the required fields of the step, such as `has_name`. */
  facts?: Record<string, unknown>;
  /** Absent leaves what is known. */
  propertyId?: string | null;
  ownerId?: string | null;
  /** What dashboards show beside the entity. */
  entityDetails?: Record<string, unknown>;
  /** The part of the system that acts, such as `chatbot`, where it acts in somebody's name. */
  component?: string | null;
  /** Being there already counts as done. */
  keepIfThere?: boolean;
  /** Has the machine write the audit row; otherwise the caller does. */
  isAudited?: boolean;
  /** Whose entity, where the context names no company. */
  companyId?: string;
};

export type StatusChanged = { outcome: "changed" | "unchanged"; transition: Transition; status: StatusView };

/**
 * Moves an entity to a status; the first move creates it. Everything that must follow (projection, notices,
 * webhooks) is written with the move. Throws what the machine refuses: INVALID_STATUS_TRANSITION,
 * APPROVAL_REQUIRED, CONFLICT, MISSING_REQUIRED_FIELD, PERMISSION_DENIED, ENTITY_NOT_FOUND (archived),
 * VALIDATION_ERROR, and WORKFLOW_NOT_FOUND where no workflow takes a new entity.
 */
export async function changeStatus(ctx: Context, input: StatusChangeInput): Promise<StatusChanged> {
  const { entityType, entityId } = input;
  const companyId = input.companyId ?? ctx.companyId;
  const result = await statusMachine(ctx.env, companyId, entityType, String(entityId)).change({
    ...momentOf(ctx, input.component),
    ...(input.isAudited ? { requestId: ctx.requestId } : {}),
    ...(await surroundings(ctx, companyId, input)),
    companyId,
    entityType,
    entityId,
    toStatus: input.toStatus,
    changeId: input.changeId ?? ctx.newId(),
    transitionReason: input.reason ?? null,
    businessContext: carried(input.businessContext),
    metadata: carried(input.metadata),
    facts: carried(input.facts),
    keepIfThere: input.keepIfThere ?? false,
    ...given(input),
  });
  if (result.outcome === "refused") throw refusalError(result);
  return result;
}

/** The workflow a new entity would begin in, null for none, and the calendar time is counted by. */
async function surroundings(ctx: Context, companyId: string, input: StatusChangeInput) {
  const { entityType, businessContext } = input;
  const isActive = and(eq(statusWorkflows.entityType, entityType), eq(statusWorkflows.isActive, true));
  const [[known], workflows, kept, places] = await ctx.db.batch([
    propertyQuery(ctx, companyId, input),
    ctx.db
      .select({ definition: statusWorkflows.definition, isDefault: statusWorkflows.isDefault })
      .from(statusWorkflows)
      .where(and(eq(statusWorkflows.companyId, companyId), isActive))
      .orderBy(desc(statusWorkflows.createdAt), desc(statusWorkflows.id)),
    ...calendarQueries(ctx, companyId, [input.propertyId ?? ""], input),
  ]);
  const propertyId = input.propertyId === undefined ? (known?.propertyId ?? null) : input.propertyId;
  // Which workflow is the default changes without a new version of the one that was.
  const own = workflows.map((row) => ({ ...row.definition, is_default: row.isDefault }));
  const definition = chooseWorkflow(own, builtInWorkflow(entityType), {
    property_id: propertyId,
    ...businessContext,
  });
  return { definition, calendar: await calendarIn({ kept, places }, propertyId) };
}

type Given = Pick<ChangeRequest, "expectedFromStatus" | "propertyId" | "ownerId" | "entityDetails">;

function given({ expectedFromStatus, propertyId, ownerId, entityDetails }: StatusChangeInput): Given {
  return {
    ...(expectedFromStatus === undefined ? {} : { expectedFromStatus }),
    ...(propertyId === undefined ? {} : { propertyId }),
    ...(ownerId === undefined ? {} : { ownerId }),
    ...(entityDetails === undefined ? {} : { entityDetails: carried(entityDetails) }),
  };
}
