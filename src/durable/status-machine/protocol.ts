import type { BusinessCalendar } from "../../modules/status/business-time.ts";
import type { WorkflowDefinition } from "../../modules/status/workflow-schema.ts";
import type { Clock } from "./clock.ts";

// `unknown` in a form that the types of remote calls can carry.
export type Json = Record<string, {} | null | undefined>;

/** Who acts. `component` names the part of the system that acts by itself, null for a person. */
export type MachineActor = {
  id: string;
  name: string;
  role: string;
  /** `*` holds every permission. */
  permissions: string[];
  component: string | null;
};

export type EntityRef = { companyId: string; entityType: string; entityId: string | number };

/** What every call that may act brings along. Times are epoch ms of the company's clock. */
export type Moment = {
  actor: MachineActor;
  now: number;
  /** Company time minus real time. */
  clockOffsetMs: number;
  /** The request behind it, for the audit log; absent where the caller writes that itself. */
  requestId?: string;
};

export type ChangeRequest = EntityRef &
  Moment & {
    toStatus: string;
    /** Names this change; the same one delivered twice happens once. */
    changeId: string;
    transitionReason: string | null;
    businessContext: Json;
    metadata: Json;
    /** The status the caller saw; null for "it has none yet". */
    expectedFromStatus?: string | null;
    /** Whether being there already is as good as going there; a refusal otherwise. */
    keepIfThere?: boolean;
    /** What the caller knows to be true of the entity, for required fields. */
    facts: Json;
    /** The workflow to begin with; an entity that exists keeps its own. */
    definition: WorkflowDefinition;
    /** Null counts around the clock. */
    calendar: BusinessCalendar | null;
    /** Absent leaves what is known. */
    propertyId?: string | null;
    ownerId?: string | null;
    entityDetails?: Json;
  };

/** A change as it is asked for: where no workflow takes new entities, those that exist go on in their own. */
export type ChangeCall = Omit<ChangeRequest, "definition"> & { definition: WorkflowDefinition | null };

/** Changes of what surrounds a status, without a transition. Absent fields stay. */
export type AdjustRequest = Moment & {
  priority?: string | null;
  /** A new promised date for the running clock. */
  dueAt?: number;
  calendar?: BusinessCalendar | null;
  propertyId?: string | null;
  ownerId?: string | null;
  entityDetails?: Json;
};

export type RefusalCode =
  | "INVALID_STATUS_TRANSITION"
  | "APPROVAL_REQUIRED"
  | "CONFLICT"
  | "MISSING_REQUIRED_FIELD"
  | "PERMISSION_DENIED"
  | "ENTITY_NOT_FOUND"
  | "WORKFLOW_NOT_FOUND"
  | "VALIDATION_ERROR";

export type Refusal = { outcome: "refused"; code: RefusalCode; message: string; details: Json };

export type Person = { id: string; name: string };

/** One entry of the history. */
export type Transition = {
  id: string;
  seq: number;
  changeId: string;
  kind: "change" | "migration";
  from: string | null;
  to: string;
  at: number;
  reason: string | null;
  actor: Omit<MachineActor, "permissions">;
  approvedBy: Person | null;
  workflow: { id: string; version: number };
  priority: string | null;
  propertyId: string | null;
  /** Time spent in `from`. */
  durationMs: number | null;
  isMilestone: boolean;
  slaDeadline: number | null;
  /** The clock this transition ended. */
  ended: { status: string; deadline: number | null; met: boolean } | null;
  businessContext: Json;
  metadata: Json;
};

export type Approval = {
  id: string;
  changeId: string;
  status: "pending" | "approved" | "rejected" | "superseded";
  from: string | null;
  to: string;
  request: ChangeRequest;
  requestedAt: number;
  decidedAt: number | null;
  decidedBy: Person | null;
  decisionReason: string | null;
  transitionId: string | null;
};

/** What a machine knows about its entity, all but the history. */
export type Entity = {
  companyId: string;
  entityType: string;
  entityId: string | number;
  definition: WorkflowDefinition;
  status: string;
  since: number;
  seq: number;
  /** Grows with everything a projection shows. */
  version: number;
  priority: string | null;
  propertyId: string | null;
  ownerId: string | null;
  entityDetails: Json;
  createdAt: number;
  updatedAt: number;
  archivedAt: number | null;
  /** The clock that runs or stands still; a closed one is history. */
  clock: Clock | null;
};

/** The status as a caller is told it. */
export type StatusView = {
  entityType: string;
  entityId: string | number;
  status: string;
  statusLabel: string;
  statusColor: string;
  stepOrder: number;
  isFinal: boolean;
  since: number;
  slaDeadline: number | null;
  isOverdue: boolean;
  paused: boolean;
  allowedTransitions: string[];
  priority: string | null;
  propertyId: string | null;
  ownerId: string | null;
  entityDetails: Json;
  workflow: { id: string; version: number; name: string };
  version: number;
  seq: number;
  archivedAt: number | null;
};

export type ChangeResult =
  | { outcome: "changed" | "unchanged"; transition: Transition; status: StatusView }
  | Refusal;

export type HistoryQuery = { now: number; limit: number; offset: number; from?: number; to?: number };

export type History = { status: StatusView; transitions: Transition[]; total: number };
