import type { Context } from "../../core/context.ts";
import { mailRow } from "../email/queue-mail.ts";
import { staffNotice } from "../lead-notifications/staff-notice.ts";
import { getNotificationPriority, getNotificationTemplate } from "../status-templates/choose-template.ts";
import { interpolate, interpolateHtml } from "../status-templates/interpolate.ts";
import { findTemplates } from "../status-templates/queries.ts";
import type { ConfigOf } from "./action-config.ts";
import type { Entry } from "./lead-entry.ts";
import { listPeople } from "./list-people.ts";
import { type Stage, stageWords } from "./load-stage.ts";
import type { Performed, Scene } from "./perform-action.ts";
import { type Addressee, resolveRecipients } from "./resolve-recipients.ts";

type Config = ConfigOf<"send_notification">;

/** One notice or mail, or both, for each who is to hear of the lead's status. */
export async function sendStatusNotification(
  ctx: Context,
  { stage, entry, run }: Scene,
  stepId: string,
  config: Config,
): Promise<Performed> {
  if (entry.isQuiet && run.cause === "entered")
    return { outcome: "skipped", detail: "nobody was to be told of this change" };
  const { addressees, title, text, html } = await composeNotification(ctx, stage, entry, config);
  if (addressees.length === 0) return { outcome: "skipped", detail: "there is nobody to tell" };
  const { lead, property } = stage;
  const priority = getNotificationPriority(entry.to);
  const notices = addressees.flatMap(({ inApp: managerId }) =>
    managerId === null
      ? []
      : staffNotice({
          dedupeKey: `workflow:${stepId}:${managerId}`,
          type: "status_workflow",
          propertyId: property.id,
          leadId: lead.id,
          conversationId: lead.conversationId,
          managerId,
          title,
          body: text,
          payload: { priority, workflow_id: run.workflowId, run_id: run.id, status: entry.to },
        }),
  );
  const mails = addressees.flatMap(({ email, name }) =>
    email === null
      ? []
      : mailRow(ctx, {
          dedupeKey: `workflow:${stepId}:${email}`,
          to: { address: email, name: name === email ? null : name },
          subject: title,
          text,
          html,
          propertyId: property.id,
          fromName: property.name,
          replyTo: property.email,
        }),
  );
  return {
    outcome: "done",
    result: { notices: notices.length, mails: mails.length, told: addressees.map(({ name }) => name) },
    statements: mails.map(({ insert }) => insert),
    work: [...notices, ...mails.map(({ work }) => work)],
  };
}

export type Composed = { addressees: Addressee[]; title: string; text: string; html: string };

/** Who would be told of a lead's stay, and in which words; sends nothing. */
export async function composeNotification(
  ctx: Context,
  stage: Stage,
  entry: Entry,
  { recipients, channels, title, message }: Config,
): Promise<Composed> {
  const people = await listPeople(ctx, stage.property.id);
  const addressees = resolveRecipients(recipients, channels, { people, assignedTo: stage.lead.assignedTo });
  const template =
    title !== undefined && message !== undefined
      ? { title, body: message }
      : getNotificationTemplate(await findTemplates(ctx, stage.property.id), {
          oldStatus: entry.from,
          newStatus: entry.to,
          reason: entry.reason,
        });
  const words = stageWords(stage, entry);
  return {
    addressees,
    // A subject is one line, whatever names are made of.
    title: interpolate(template.title, words).replaceAll(/\s+/g, " "),
    text: interpolate(template.body, words),
    html: interpolateHtml(template.body, words),
  };
}
