import { describe, expect, it } from "vitest";
import { builtInWorkflows } from "./workflows/built-in.ts";
import { checkWorkflow, initialSteps, WorkflowDefinition } from "./workflow-schema.ts";

type Step = Record<string, unknown> & { status_name: string };

function workflow(...steps: Step[]): WorkflowDefinition {
  return WorkflowDefinition.parse({
    id: "w",
    version: 1,
    entity_type: "order",
    name: "Orders",
    steps: steps.map((step, n) => ({
      step_id: `s${n}`,
      status_label: step.status_name,
      step_order: n + 1,
      ...step,
    })),
  });
}

const done = { status_name: "done", is_final: true };
const faults = (...steps: Step[]) => checkWorkflow(workflow(...steps)).map((problem) => problem.field);

describe("checkWorkflow", () => {
  it("accepts a way from the first step to the last", () => {
    expect(faults({ status_name: "open", sla_hours: 0.5, allowed_transitions: ["done"] }, done)).toEqual([]);
  });

  it.each<[string, Step[], string]>([
    [
      "an unknown target",
      [{ status_name: "open", allowed_transitions: ["done", "gone"] }, done],
      "steps.0.allowed_transitions",
    ],
    [
      "a step that is not final without a way out",
      [{ status_name: "open", allowed_transitions: [] }],
      "steps.0.allowed_transitions",
    ],
    [
      "a way out that only leads to itself",
      [{ status_name: "open", allowed_transitions: ["open"] }],
      "steps.0.allowed_transitions",
    ],
    [
      "an unreachable step",
      [{ status_name: "open", allowed_transitions: ["done"] }, done, { status_name: "lost", is_final: true }],
      "steps.2.status_name",
    ],
    [
      "zero SLA hours",
      [{ status_name: "open", sla_hours: 0, allowed_transitions: ["done"] }, done],
      "steps.0.sla_hours",
    ],
    [
      "negative SLA hours",
      [{ status_name: "open", sla_hours: -4, allowed_transitions: ["done"] }, done],
      "steps.0.sla_hours",
    ],
    [
      "SLA hours no calendar can count",
      [{ status_name: "open", sla_hours: 1e9, allowed_transitions: ["done"] }, done],
      "steps.0.sla_hours",
    ],
    [
      "non-positive hours of a priority",
      [{ status_name: "open", sla_hours_by_priority: { high: 0 }, allowed_transitions: ["done"] }, done],
      "steps.0.sla_hours_by_priority.high",
    ],
    [
      "a critical limit below the warning",
      [
        { status_name: "open", severity_hours: { warning: 5, critical: 2 }, allowed_transitions: ["done"] },
        done,
      ],
      "steps.0.severity_hours.critical",
    ],
    [
      "the same status twice",
      [{ status_name: "open", allowed_transitions: ["done"] }, done, { ...done }],
      "steps.2.status_name",
    ],
  ])("refuses %s", (_fault, steps, field) => {
    expect(faults(...steps)).toEqual([field]);
  });

  it("counts steps marked initial as reachable", () => {
    const imported = { status_name: "imported", is_initial: true, allowed_transitions: ["done"] };
    expect(faults({ status_name: "open", allowed_transitions: ["done"] }, done, imported)).toEqual([]);
  });
});

describe("initialSteps", () => {
  it("is the step of lowest order, wherever it is listed", () => {
    const definition = workflow(
      { ...done, step_order: 9 },
      { status_name: "open", step_order: 2, allowed_transitions: ["done"] },
    );
    expect(initialSteps(definition).map((step) => step.status_name)).toEqual(["open"]);
  });
});

describe("built-in workflows", () => {
  it.each(Object.entries(builtInWorkflows))("%s is one an entity can live by", (type, definition) => {
    expect(WorkflowDefinition.parse(definition)).toEqual(definition);
    expect(checkWorkflow(definition)).toEqual([]);
    expect(definition.entity_type).toBe(type);
  });

  it("leads skip forward, go back only from a tour to qualified, and come back from lost", () => {
    const moves = Object.fromEntries(
      builtInWorkflows.lead.steps.map((step) => [step.status_name, step.allowed_transitions]),
    );
    expect(moves).toEqual({
      new: ["contacted", "qualified", "tour_scheduled", "application", "leased", "lost"],
      contacted: ["qualified", "tour_scheduled", "application", "leased", "lost"],
      qualified: ["tour_scheduled", "application", "leased", "lost"],
      tour_scheduled: ["application", "leased", "qualified", "lost"],
      application: ["leased", "lost"],
      leased: [],
      lost: ["contacted"],
    });
  });

  it("contacts make the named moves only", () => {
    const moves = Object.fromEntries(
      builtInWorkflows.contact.steps.map((step) => [step.status_name, step.allowed_transitions]),
    );
    expect(moves).toEqual({
      prospect: ["qualified_lead", "lost_lead", "inactive"],
      qualified_lead: ["opportunity", "lost_lead", "inactive"],
      opportunity: ["active_client", "lost_lead", "inactive"],
      active_client: ["past_client", "lost_lead", "inactive"],
      past_client: ["lost_lead", "inactive"],
      lost_lead: ["prospect", "inactive"],
      inactive: ["prospect", "lost_lead"],
    });
  });
});
