import type { Context } from "../../core/context.ts";
import { followUps } from "../../db/schema/automation.ts";
import { addBusinessTime, validateCalendar } from "../status/business-time.ts";
import { interpolate } from "../status-templates/interpolate.ts";
import type { ConfigOf } from "./action-config.ts";
import { followUpWork, wakeFollowUp } from "./follow-up-work.ts";
import { currentEntry } from "./lead-entry.ts";
import { listPeople } from "./list-people.ts";
import { type Stage, stageWords } from "./load-stage.ts";
import type { Performed, Scene } from "./perform-action.ts";
import { resolveAssignee } from "./resolve-recipients.ts";

type Config = ConfigOf<"schedule_follow_up">;

const minuteMs = 60_000;

/** A reminder for later, for as long as the lead stays where it is. */
export async function scheduleFollowUp(
  ctx: Context,
  { stage, entry, run }: Scene,
  stepId: string,
  config: Config,
): Promise<Performed> {
  const { lead, property } = stage;
  const now = await currentEntry(ctx, lead.id);
  if (now?.id !== entry.id) return { outcome: "skipped", detail: `the lead has left ${entry.to}` };
  const people = await listPeople(ctx, property.id);
  const assignedTo = resolveAssignee(config.assign_to, { people, assignedTo: lead.assignedTo });
  const dueAt = followUpTime(ctx.now(), property, config);
  const row = {
    id: stepId,
    companyId: ctx.companyId,
    propertyId: property.id,
    leadId: lead.id,
    runId: run.id,
    entryId: entry.id,
    entrySeq: entry.seq,
    title: interpolate(config.title, stageWords(stage, entry)),
    assignedTo,
    dueAt,
    status: "scheduled" as const,
    createdAt: ctx.now(),
    updatedAt: ctx.now(),
  };
  const soon = followUpWork(ctx, { id: stepId, dueAt });
  return {
    outcome: "done",
    result: { follow_up_id: stepId, due_at: dueAt.toISOString(), assigned_to: assignedTo },
    statements: [ctx.db.insert(followUps).values(row).onConflictDoNothing(), ...(soon ? [soon] : [])],
    work: [],
    ...(soon ? { afterwards: () => wakeFollowUp(ctx, { id: stepId, dueAt }) } : {}),
  };
}

/** When a follow-up is due: after the delay, counted around the clock or in the property's office hours. */
export function followUpTime(
  now: Date,
  { id, timeZone, officeHours }: Stage["property"],
  { delay_minutes, business_hours }: Pick<Config, "delay_minutes" | "business_hours">,
): Date {
  const calendar =
    business_hours && officeHours ? { version: id, time_zone: timeZone, hours: officeHours } : null;
  const isCountable = calendar !== null && validateCalendar(calendar).length === 0;
  return new Date(addBusinessTime(now.getTime(), delay_minutes * minuteMs, isCountable ? calendar : null));
}
