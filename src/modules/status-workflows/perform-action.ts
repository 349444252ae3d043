import type { BatchItem } from "drizzle-orm/batch";
import type { Context } from "../../core/context.ts";
import type { Work } from "../../core/outbox.ts";
import type { leadWorkflowRuns, leadWorkflowSteps, StepResult } from "../../db/schema/automation.ts";
import { createTask } from "./create-task.ts";
import type { Entry } from "./lead-entry.ts";
import type { Stage } from "./load-stage.ts";
import { scheduleFollowUp } from "./schedule-follow-up.ts";
import { sendStatusNotification } from "./send-status-notification.ts";
import { updateLeadScore } from "./update-lead-score.ts";

export type RunRow = typeof leadWorkflowRuns.$inferSelect;
export type StepRow = typeof leadWorkflowSteps.$inferSelect;

/** Where an action happens. */
export type Scene = { stage: Stage; entry: Entry; run: Pick<RunRow, "id" | "cause" | "workflowId"> };

/**
 * What an action comes to, to be written in one batch with the step that records it. What it makes carries the
 * step's id, so that two workers at the same step make one.
 */
export type Performed =
  | {
      outcome: "done";
      result: StepResult;
      statements: BatchItem<"sqlite">[];
      work: Work[];
      /** May follow at once; the work does it again where this fails. */
      afterwards?: () => Promise<void>;
    }
  | { outcome: "skipped"; detail: string };

export function performAction(
  ctx: Context,
  scene: Scene,
  { id, action }: Pick<StepRow, "id" | "action">,
): Promise<Performed> {
  switch (action.type) {
    case "send_notification":
      return sendStatusNotification(ctx, scene, id, action.config);
    case "schedule_follow_up":
      return scheduleFollowUp(ctx, scene, id, action.config);
    case "update_lead_score":
      return updateLeadScore(ctx, scene, id, action.config);
    case "create_task":
      return createTask(ctx, scene, id, action.config);
  }
}
