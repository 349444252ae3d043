import { z } from "zod";

/** What a receiver may ask to be told of. */
export const webhookEvents = [
  "status_changed",
  "sla_warning",
  "sla_overdue",
  "approval_requested",
  "approval_rejected",
] as const;

/** One message as a row, before anybody has asked who wants it. `at` is epoch ms. */
export type Message = {
  id: string;
  company_id: string;
  event: string;
  entity_type: string;
  entity_id: string;
  property_id: string | null;
  /** What status filters are compared with. */
  status: string;
  sequence: number;
  body: string;
  at: number;
};

/** The body on the wire. `sequence` numbers an entity's transitions from 1 without gaps. */
export type Envelope = { event: string; timestamp: string; data: Record<string, unknown> };

const Json = z.record(z.string(), z.unknown());
const Who = z.object({ id: z.string() });

const about = {
  occurred_at: z.iso.datetime(),
  company_id: z.string(),
  property_id: z.string().nullable(),
  entity_type: z.string(),
  entity_id: z.union([z.string(), z.number()]),
  seq: z.number(),
};

/** What the machines tell, as far as receivers hear of it. */
const Happening = z.discriminatedUnion("kind", [
  z.object({
    ...about,
    kind: z.literal("status_changed"),
    transition_id: z.string(),
    from_status: z.string().nullable(),
    to_status: z.string(),
    triggered_by: z.object({ user_id: z.string().nullable(), system_component: z.string().nullable() }),
    sla_deadline: z.string().nullable(),
    is_milestone: z.boolean(),
    business_context: Json,
  }),
  z.object({
    ...about,
    kind: z.enum(["sla_warning", "sla_overdue"]),
    status: z.string(),
    sla_deadline: z.string().nullable(),
    percent: z.number().optional(),
    severity: z.string().optional(),
  }),
  z.object({
    ...about,
    kind: z.enum(["approval_requested", "approval_rejected"]),
    approval_id: z.string(),
    from_status: z.string().nullable(),
    to_status: z.string(),
    requested_by: Who,
    decided_by: Who.nullable(),
    decision_reason: z.string().nullable(),
    business_context: Json,
  }),
]);
type Happening = z.infer<typeof Happening>;

/**
 * The message of a happening that a machine told; null for what receivers are not told of. A change goes by the id of
 * its transition, so that it is the same message when it is made again from the history.
 */
export function messageOf(told: { id: string; payload: unknown }): Message | null {
  const happening = Happening.safeParse(told.payload).data;
  if (!happening) return null;
  const id = happening.kind === "status_changed" ? happening.transition_id : told.id;
  return written(id, happening, dataOf(happening));
}

export type PastTransition = {
  transitionId: string;
  companyId: string;
  entityType: string;
  entityId: string | number;
  propertyId: string | null;
  seq: number;
  kind: "change" | "migration";
  fromStatus: string | null;
  toStatus: string;
  at: Date;
  actorId: string;
  component: string | null;
  slaDeadline: Date | null;
  isMilestone: boolean;
  businessContext: Record<string, unknown>;
};

/** The message a change led to, made again from the history. */
export function messageOfPast(past: PastTransition): Message {
  const happening = happeningOf(past);
  return written(past.transitionId, happening, dataOf(happening));
}

/** What a transition looked like to receivers. A status that a new workflow version renamed was never sent. */
export function envelopeOfPast(past: PastTransition): Envelope {
  const happening = happeningOf(past);
  const event = past.kind === "migration" ? "status_migrated" : happening.kind;
  return { event, timestamp: happening.occurred_at, data: dataOf(happening) };
}

function happeningOf(past: PastTransition): Extract<Happening, { kind: "status_changed" }> {
  return {
    kind: "status_changed",
    occurred_at: past.at.toISOString(),
    company_id: past.companyId,
    property_id: past.propertyId,
    entity_type: past.entityType,
    entity_id: past.entityId,
    seq: past.seq,
    transition_id: past.transitionId,
    from_status: past.fromStatus,
    to_status: past.toStatus,
    triggered_by: {
      user_id: past.component === null ? past.actorId : null,
      system_component: past.component,
    },
    sla_deadline: past.slaDeadline?.toISOString() ?? null,
    is_milestone: past.isMilestone,
    business_context: past.businessContext,
  };
}

function written(id: string, happening: Happening, data: Record<string, unknown>): Message {
  const { kind: event, occurred_at: timestamp } = happening;
  const envelope: Envelope = { event, timestamp, data };
  return {
    id,
    company_id: happening.company_id,
    event,
    entity_type: happening.entity_type,
    entity_id: String(happening.entity_id),
    property_id: happening.property_id,
    status: "to_status" in happening ? happening.to_status : happening.status,
    sequence: happening.seq,
    body: JSON.stringify(envelope),
    at: Date.parse(timestamp),
  };
}

function dataOf(told: Happening): Record<string, unknown> {
  const { entity_type, entity_id, property_id, seq: sequence } = told;
  const entity = { entity_type, entity_id, sequence, property_id };
  switch (told.kind) {
    case "status_changed":
      return {
        transition_id: told.transition_id,
        ...entity,
        from_status: told.from_status,
        to_status: told.to_status,
        triggered_by_user: told.triggered_by.user_id,
        triggered_by_component: told.triggered_by.system_component,
        sla_deadline: told.sla_deadline,
        is_milestone: told.is_milestone,
        business_context: told.business_context,
      };
    case "sla_warning":
    case "sla_overdue":
      return {
        ...entity,
        status: told.status,
        sla_deadline: told.sla_deadline,
        ...(told.percent === undefined ? {} : { percent: told.percent }),
        ...(told.severity === undefined ? {} : { severity: told.severity }),
      };
    case "approval_requested":
    case "approval_rejected":
      return {
        approval_id: told.approval_id,
        ...entity,
        from_status: told.from_status,
        to_status: told.to_status,
        requested_by: told.requested_by.id,
        decided_by: told.decided_by?.id ?? null,
        decision_reason: told.decision_reason,
        business_context: told.business_context,
      };
  }
}
