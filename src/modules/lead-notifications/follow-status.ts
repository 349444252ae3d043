import { and, eq } from "drizzle-orm";
import * as z from "zod";
import type { Context } from "../../core/context.ts";
import { leads } from "../../db/schema/conversations.ts";
import { settleContact } from "../contacts/settle-contact.ts";
import { alignFaq } from "../faqs/faq-status.ts";
import { leadName } from "../leads/lead-work.ts";
import type { LeadRow } from "../leads/present.ts";
import { qualifyLead } from "../leads/qualify-lead.ts";
import { statusOf } from "../status/status-of.ts";
import { alignTask } from "../tasks/task-status.ts";
import { followMove, moveWords } from "./lead-moved.ts";
import type { StaffNotice } from "./staff-notice.ts";
import { spanInWords, waitInWords } from "./status-words.ts";
import { tellManagers } from "./tell-managers.ts";

const about = {
  event_id: z.string(),
  occurred_at: z.iso.datetime(),
  property_id: z.string().nullable(),
  entity_type: z.string(),
  entity_id: z.union([z.string(), z.number()]).transform(String),
  entity_details: z.record(z.string(), z.unknown()),
};

/** What the status machines tell, as far as people and ResMan must hear of it. */
export const StatusEvent = z.discriminatedUnion("kind", [
  z.object({
    ...about,
    kind: z.literal("status_changed"),
    from_status: z.string().nullable(),
    to_status: z.string(),
    to_label: z.string(),
    transition_reason: z.string().nullable(),
    triggered_by: z
      .object({ user_name: z.string().nullable(), system_component: z.string().nullable() })
      .optional(),
    business_context: z.record(z.string(), z.unknown()).optional(),
    metadata: z.record(z.string(), z.unknown()),
  }),
  z.object({
    ...about,
    kind: z.enum(["sla_warning", "sla_overdue"]),
    status: z.string(),
    status_label: z.string(),
    sla_deadline: z.iso.datetime().nullable(),
  }),
  z.object({
    ...about,
    kind: z.enum(["approval_requested", "approval_rejected"]),
    approval_id: z.string(),
    to_status: z.string(),
    requested_by: z.object({ name: z.string() }),
  }),
]);
export type StatusEvent = z.infer<typeof StatusEvent>;

type ChangedEvent = Extract<StatusEvent, { kind: "status_changed" }>;
type AlertEvent = Extract<StatusEvent, { kind: "sla_overdue" | "sla_warning" }>;
type ApprovalEvent = Extract<StatusEvent, { approval_id: string }>;

/** Does what must follow a happening of a status machine. Run again it changes nothing. */
export async function followStatus(ctx: Context, event: StatusEvent): Promise<void> {
  const lead = event.entity_type === "lead" ? await findLead(ctx, event.entity_id) : null;
  if (event.kind === "status_changed" && lead) await followMove(ctx, lead, event);
  if (event.kind === "status_changed" && event.entity_type === "contact")
    await settleContact(ctx, event.entity_id);
  if (event.kind === "status_changed" && event.entity_type === "faq") await alignFaq(ctx, event.entity_id);
  if (event.kind === "status_changed" && event.entity_type === "task") await alignTask(ctx, event.entity_id);
  const words = await wordsOf(ctx, event, lead);
  if (words === null || event.property_id === null) return;
  const conversation = event.entity_details["conversation_id"];
  await tellManagers(ctx, {
    ...words,
    dedupeKey: `${event.kind}:${event.event_id}`,
    type: event.kind,
    propertyId: event.property_id,
    leadId: lead?.id ?? null,
    conversationId: lead?.conversationId ?? (typeof conversation === "string" ? conversation : null),
    payload: { entity_type: event.entity_type, entity_id: event.entity_id, ...words.payload },
  });
}

type Words = Pick<StaffNotice, "title" | "body" | "payload">;

async function wordsOf(ctx: Context, event: StatusEvent, lead: LeadRow | null): Promise<Words | null> {
  const name = lead ? leadName(lead) : nameIn(event);
  switch (event.kind) {
    case "status_changed":
      if (event.metadata["trigger_notifications"] !== true) return null;
      return lead ? moveWords(ctx, lead, event) : changeWords(event, name);
    case "sla_warning":
    case "sla_overdue":
      return alertWords(ctx, event, name);
    case "approval_requested":
    case "approval_rejected":
      return approvalWords(event, name);
  }
}

function changeWords({ to_label, transition_reason }: ChangedEvent, name: string): Words {
  return { title: `${name}: ${to_label}`, body: transition_reason ?? `${name} is now "${to_label}"` };
}

/** Null when the entity has moved on since: an old alarm only confuses. */
async function alertWords(ctx: Context, event: AlertEvent, name: string): Promise<Words | null> {
  // Whatever has answered the lead since counts before anybody is alarmed.
  if (event.entity_type === "lead") await qualifyLead(ctx, event.entity_id);
  const now = await statusOf(ctx, event.entity_type, event.entity_id);
  if (!now || now.currentStatus !== event.status || event.sla_deadline === null) return null;
  const at = Date.parse(event.occurred_at);
  const waitedMs = at - now.statusSince.getTime();
  const said = waitInWords({
    entityType: event.entity_type,
    status: event.status,
    statusLabel: event.status_label,
    name,
    waitedMs,
  });
  if (event.kind === "sla_overdue") return { title: said, body: `${said} and is overdue.` };
  const left = spanInWords(Date.parse(event.sla_deadline) - at);
  return { title: said, body: `${said}; overdue in ${left}.` };
}

function approvalWords({ kind, to_status, requested_by }: ApprovalEvent, name: string): Words {
  if (kind === "approval_requested")
    return {
      title: `Approval asked: ${name}`,
      body: `${requested_by.name} asks to move ${name} to ${to_status}`,
    };
  return { title: `Approval refused: ${name}`, body: `${name} stays: ${to_status} was not approved` };
}

function nameIn({ entity_details: details, entity_type, entity_id }: StatusEvent): string {
  const name = details["name"] ?? details["prospect_name"] ?? details["question"];
  return typeof name === "string" && name !== "" ? name : `${entity_type.replaceAll("_", " ")} ${entity_id}`;
}

async function findLead(ctx: Context, id: string): Promise<LeadRow | null> {
  const [lead] = await ctx.db
    .select()
    .from(leads)
    .where(and(eq(leads.companyId, ctx.companyId), eq(leads.id, id)));
  return lead ?? null;
}
