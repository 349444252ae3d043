import * as z from "zod";
import type { Context } from "../core/context.ts";
import { AppError } from "../core/errors.ts";
import type { OutboxRow } from "../core/outbox.ts";
import { drawFor } from "../modules/amplitude-data/draw-for.ts";
import { writeNextPage } from "../modules/company-export/write-export.ts";
import { linkContact } from "../modules/contacts/link-contact.ts";
import { alignContact } from "../modules/contacts/settle-contact.ts";
import { beginStatus } from "../modules/conversations/conversation-status.ts";
import { followTurn } from "../modules/conversations/follow-turn.ts";
import { settleDraft } from "../modules/email/settle-draft.ts";
import { ErasurePlace, stepErasure } from "../modules/erasure/run-erasure.ts";
import { alignFaq } from "../modules/faqs/faq-status.ts";
import { followAnswer } from "../modules/faqs/follow-answer.ts";
import { qualifyLead } from "../modules/leads/qualify-lead.ts";
import { checkNightly } from "../modules/status/check-nightly.ts";
import { CheckPlaceShape } from "../modules/status/rebuild-projections.ts";
import { forgetOld } from "../modules/retention/forget-old.ts";
import { pushCalendar } from "../modules/status/push-calendar.ts";
import { runMigration } from "../modules/status/run-migration.ts";
import { lookAgain } from "../modules/status-workflows/enter-status.ts";
import { alignTask } from "../modules/tasks/task-status.ts";
import { settleTour } from "../modules/tours/settle-tour.ts";
import { AnalyticsWork, workAnalytics } from "./analytics.ts";
import { Hopeless, NotNow } from "./drain.ts";
import { LeadWorkflowWork, workLeadWorkflows } from "./lead-workflows.ts";
import { walk } from "./walk.ts";

const Place = z.object({ entityType: z.string(), entityId: z.string() });

const Payload = z.discriminatedUnion("kind", [
  z.object({ kind: z.enum(["tour_booked", "tour_changed"]), tour_id: z.string() }),
  z.object({ kind: z.literal("lead_facts"), lead_id: z.string() }),
  z.object({ kind: z.literal("contact_of_lead"), lead_id: z.string() }),
  z.object({ kind: z.literal("contact_status"), contact_id: z.string() }),
  z.object({ kind: z.enum(["conversation_opened", "turn_moved"]), conversation_id: z.string() }),
  z.object({ kind: z.literal("email_draft"), draft_id: z.string() }),
  z.object({ kind: z.enum(["faq_status", "faq_answered"]), faq_id: z.string() }),
  z.object({ kind: z.literal("task_status"), task_id: z.string() }),
  z.object({ kind: z.literal("status_calendar"), property_id: z.string(), place: Place.optional() }),
  z.object({ kind: z.literal("status_migration"), migration_id: z.string() }),
  z.object({ kind: z.literal("status_check"), place: CheckPlaceShape.optional() }),
  z.object({ kind: z.literal("export_company"), export_id: z.string() }),
  z.object({ kind: z.literal("retention") }),
  z.object({ kind: z.literal("erase_user"), erasure_id: z.string(), place: ErasurePlace.optional() }),
  LeadWorkflowWork,
  AnalyticsWork,
]);

/** Brings what hangs on a changed record in line with it. */
export async function project(ctx: Context, row: OutboxRow): Promise<void> {
  const payload = Payload.safeParse(row.payload);
  if (!payload.success) throw new Hopeless(`projection of unknown shape: ${payload.error.message}`);
  const told = payload.data;
  switch (told.kind) {
    case "tour_booked":
    case "tour_changed":
      await settleTour(ctx, told.tour_id);
      return drawFor(ctx, "tour", told.tour_id);
    case "lead_facts":
      await drawLead(ctx, told.lead_id, row.id);
      return drawFor(ctx, "lead", told.lead_id);
    case "contact_of_lead":
      await linkContact(ctx, told.lead_id);
      return;
    case "contact_status":
      return alignContact(ctx, told.contact_id);
    case "conversation_opened":
      await beginStatus(ctx, told.conversation_id);
      return drawFor(ctx, "conversation", told.conversation_id);
    case "turn_moved":
      return followTurn(ctx, told.conversation_id);
    case "email_draft":
      return settleDraft(ctx, told.draft_id);
    case "faq_status":
      return alignFaq(ctx, told.faq_id);
    case "faq_answered":
      return followAnswer(ctx, told.faq_id);
    case "task_status":
      return alignTask(ctx, told.task_id);
    case "status_calendar":
      return walk(ctx, row, told.place ?? null, (place) => pushCalendar(ctx, told.property_id, place));
    case "status_check":
      return walk(ctx, row, told.place ?? null, (place) => checkNightly(ctx, place));
    case "status_migration":
      return walk(ctx, row, null, async () => ((await runMigration(ctx, told.migration_id)) ? null : {}));
    case "analytics":
    case "analytics_archived":
    case "analytics_events":
    case "analytics_property":
    case "amplitude_forward":
      return workAnalytics(ctx, row, told);
    case "export_company":
      return walk(ctx, row, null, async () => ((await writeNextPage(ctx, told.export_id)) ? {} : null));
    case "retention":
      return walk(ctx, row, null, async () => ((await forgetOld(ctx)) ? {} : null));
    case "erase_user":
      return walk(ctx, row, told.place ?? null, (place) => stepErasure(ctx, told.erasure_id, place));
    default:
      return workLeadWorkflows(ctx, told, row.id);
  }
}

const replyPatienceMs = 60_000;
const lookAgainMs = 2000;

/** The bot's answer is written after the news it was made from: a lead that has just written is looked at again. */
async function drawLead(ctx: Context, leadId: string, because: string): Promise<void> {
  const lead = await qualifyLead(ctx, leadId).catch((error: unknown) => {
    // A tour or a person moved it between the look and the step.
    if (error instanceof AppError && error.code === "CONFLICT") throw new NotNow(lookAgainMs);
    throw error;
  });
  await lookAgain(ctx, leadId, because);
  if (!lead?.awaitsReply) return;
  const ageMs = ctx.now().getTime() - lead.lastActivityAt.getTime();
  if (ageMs < replyPatienceMs) throw new NotNow(lookAgainMs);
}
