import { describe, expect, it } from "vitest";
import { leadWorkflow } from "../status/workflows/lead.ts";
import { WorkflowAction } from "./action-config.ts";
import { type Checked, checkWorkflow } from "./check-workflow.ts";

const task = (assign_to: string) =>
  WorkflowAction.parse({ type: "create_task", config: { title: "Call", assign_to } });

const problems = (over: Partial<Checked> = {}) =>
  checkWorkflow(
    { triggerStatus: "new", targetStatus: "contacted", actions: [], ...over },
    { definitions: [leadWorkflow], managers: new Set(["ann"]) },
  );

describe("checkWorkflow", () => {
  it("finds nothing wrong with a way leads may go", () => {
    expect(problems()).toEqual([]);
    expect(problems({ triggerStatus: "lost" })).toEqual([]);
  });

  it("refuses statuses no lead can have", () => {
    expect(problems({ triggerStatus: "asleep", targetStatus: "awake" }).map(({ field }) => field)).toEqual([
      "trigger_status",
      "target_status",
    ]);
  });

  it("refuses a target that can never follow, and names those that can", () => {
    const [problem, ...others] = problems({ triggerStatus: "qualified", targetStatus: "new" });
    expect(others).toEqual([]);
    expect(problem).toEqual({
      field: "target_status",
      message: "cannot follow qualified; from there leads go to tour_scheduled, application, leased, lost",
    });
    expect(problems({ triggerStatus: "leased", targetStatus: "lost" })[0]!.message).toContain("nowhere");
  });

  it("lets a lead stay, as long as there is something to do", () => {
    expect(problems({ targetStatus: "new" })).toMatchObject([{ field: "actions" }]);
    expect(problems({ targetStatus: "new", actions: [task("nobody")] })).toEqual([]);
  });

  it("refuses managers who do not work at the property, wherever they are named", () => {
    const notice = WorkflowAction.parse({
      type: "send_notification",
      config: {
        recipients: [
          { type: "manager", manager_id: "ann" },
          { type: "manager", manager_id: "bob" },
        ],
      },
    });
    expect(problems({ actions: [task("ann"), task("bob"), notice] }).map(({ field }) => field)).toEqual([
      "actions.1.config.assign_to",
      "actions.2.config.recipients.1.manager_id",
    ]);
  });
});
