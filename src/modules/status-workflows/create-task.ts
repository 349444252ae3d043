import type { Context } from "../../core/context.ts";
import { staffNotice } from "../lead-notifications/staff-notice.ts";
import { interpolate } from "../status-templates/interpolate.ts";
import { openTask } from "../tasks/open-task.ts";
import type { ConfigOf } from "./action-config.ts";
import { listPeople } from "./list-people.ts";
import { stageWords } from "./load-stage.ts";
import type { Performed, Scene } from "./perform-action.ts";
import { resolveAssignee } from "./resolve-recipients.ts";

const minuteMs = 60_000;

export async function createTask(
  ctx: Context,
  { stage, entry, run }: Scene,
  stepId: string,
  config: ConfigOf<"create_task">,
): Promise<Performed> {
  const { lead, property } = stage;
  const people = await listPeople(ctx, property.id);
  const assignedTo = resolveAssignee(config.assign_to, { people, assignedTo: lead.assignedTo });
  const question = interpolate(config.title, stageWords(stage, entry));
  const dueAt =
    config.due_in_minutes === undefined
      ? null
      : new Date(ctx.now().getTime() + config.due_in_minutes * minuteMs);
  const task = openTask(ctx, {
    id: stepId,
    propertyId: property.id,
    leadId: lead.id,
    conversationId: lead.conversationId,
    question,
    assignedTo,
    dueAt,
  });
  const isTold = config.notify && !(entry.isQuiet && run.cause === "entered");
  const listeners = assignedTo === null ? people.filter(({ worksHere }) => worksHere).length : 1;
  const notice = staffNotice({
    dedupeKey: `task:${stepId}`,
    type: "task_created",
    propertyId: property.id,
    leadId: lead.id,
    conversationId: lead.conversationId,
    managerId: assignedTo,
    title: "New task",
    body: question,
    payload: { task_id: stepId, run_id: run.id },
  });
  return {
    outcome: "done",
    result: {
      task_id: stepId,
      assigned_to: assignedTo,
      due_at: dueAt?.toISOString() ?? null,
      notices: isTold ? listeners : 0,
    },
    statements: [task.insert],
    work: [task.work, ...(isTold ? [notice] : [])],
  };
}
