import * as z from "zod";
import type { statusEventKinds } from "../../../db/schema/status.ts";

const when = z.iso.datetime();

const about = {
  entity_type: z.string(),
  entity_id: z.union([z.number(), z.string()]),
  sequence: z.int().describe("Numbers the events of this entity from 1 without gaps"),
  property_id: z.string().nullable(),
};

const transition = {
  ...about,
  transition_id: z.string(),
  from_status: z.string().nullable(),
  to_status: z.string(),
  triggered_by_user: z.string().nullable(),
  triggered_by_component: z.string().nullable(),
  sla_deadline: when.nullable(),
  is_milestone: z.boolean(),
  business_context: z.record(z.string(), z.json()),
};

const alert = { ...about, status: z.string(), sla_deadline: when.nullable() };

const approval = {
  ...about,
  approval_id: z.string(),
  from_status: z.string().nullable(),
  to_status: z.string(),
  requested_by: z.string(),
  decided_by: z.string().nullable(),
  decision_reason: z.string().nullable(),
  business_context: z.record(z.string(), z.json()),
};

type Kind = (typeof statusEventKinds)[number];

/** Every event there is: what it means, and its `data`. */
export const eventCatalogue = {
  status_changed: { summary: "An entity entered a status", data: z.object(transition) },
  status_migrated: {
    summary: "A new workflow version renamed an entity's status; nothing else happened",
    data: z.object(transition),
  },
  sla_warning: {
    summary: "So much of the time for a status is used up",
    data: z.object({ ...alert, percent: z.int() }),
  },
  sla_overdue: { summary: "A deadline passed", data: z.object({ ...alert, severity: z.string() }) },
  approval_requested: { summary: "A change waits for approval", data: z.object(approval) },
  approval_rejected: { summary: "A change was refused approval", data: z.object(approval) },
} satisfies Record<Kind, { summary: string; data: z.ZodObject }>;

export function envelopeShape<Event extends string, Data extends z.ZodType>(event: Event, data: Data) {
  return z.object({ event: z.literal(event), timestamp: when, data });
}

const { status_changed, status_migrated, sla_warning, sla_overdue, approval_requested, approval_rejected } =
  eventCatalogue;

export const StatusEvent = z
  .discriminatedUnion("event", [
    envelopeShape("status_changed", status_changed.data),
    envelopeShape("status_migrated", status_migrated.data),
    envelopeShape("sla_warning", sla_warning.data),
    envelopeShape("sla_overdue", sla_overdue.data),
    envelopeShape("approval_requested", approval_requested.data),
    envelopeShape("approval_rejected", approval_rejected.data),
  ])
  .meta({ id: "StatusEvent" });

export const EventQuery = z.object({
  after_sequence: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type EventQuery = z.infer<typeof EventQuery>;

export const EntityEvents = z
  .object({
    entity_type: z.string(),
    entity_id: z.union([z.number(), z.string()]),
    last_sequence: z.int().describe("Of the entity; what you have seen ends here when has_more is false"),
    has_more: z.boolean(),
    events: z
      .array(StatusEvent)
      .describe("Every event after `after_sequence` in order and without gaps, whoever asked for it"),
  })
  .meta({ id: "EntityEvents" });
