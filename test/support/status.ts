import { eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { companies } from "../../src/db/schema/companies.ts";
import { type Api, as } from "./api.ts";
import { aCompany, db, type TestCompany } from "./factories.ts";

type Step = { status_name: string; [field: string]: unknown };

/** Work of ten hours that may wait for the customer, needs approval to be paid, and can be taken up again. */
export const orderSteps: Step[] = [
  {
    status_name: "open",
    status_label: "Open",
    status_color: "#1E88E5",
    step_order: 1,
    sla_hours: 10,
    sla_hours_by_priority: { high: 4 },
    allowed_transitions: ["waiting", "review", "done"],
  },
  {
    status_name: "waiting",
    status_label: "Waiting",
    step_order: 2,
    pauses_sla: true,
    allowed_transitions: ["open", "review", "done"],
  },
  {
    status_name: "review",
    status_label: "Review",
    step_order: 3,
    sla_hours: 2,
    severity_hours: { warning: 1, critical: 3 },
    allowed_transitions: ["open", "paid", "done"],
  },
  {
    status_name: "paid",
    status_label: "Paid",
    step_order: 4,
    requires_approval: true,
    is_milestone: true,
    allowed_transitions: ["done"],
  },
  { status_name: "done", status_label: "Done", step_order: 5, is_final: true, allowed_transitions: ["open"] },
];

/** A workflow as it is posted. */
export function orderWorkflow(over: Record<string, unknown> = {}) {
  return {
    entity_type: "order",
    workflow_name: "Orders",
    is_default: true,
    steps: orderSteps,
    ...over,
  };
}

/** The steps with some of them changed, by name. */
export function stepsWith(changes: Record<string, Record<string, unknown>>): Step[] {
  return orderSteps.map((step) => ({ ...step, ...changes[step.status_name] }));
}

/** A company that works on orders, with the API as its people use it. */
export async function anOrderDesk(over: Record<string, unknown> = {}) {
  const company = await aCompany();
  const admin = as(company.admin);
  const { body } = await admin.post("/api/v1/status/workflows", orderWorkflow(over));
  return {
    company,
    admin,
    manager: as(company.manager),
    agent: as(company.agent),
    viewer: as(company.viewer),
    workflowId: body.data.workflow_id as string,
  };
}

/** Moves an order over HTTP; a new one when none is named. */
export async function move(api: Api, to: string, more: Record<string, unknown> = {}) {
  return api.post("/api/v1/status/change", {
    entity_type: "order",
    entity_id: uuidv7(),
    to_status: to,
    ...more,
  });
}

/** A workflow of a company, and an approval that waits under it. */
export async function aWorkflowInUse({ admin, agent }: Pick<TestCompany, "admin" | "agent">) {
  const { body } = await as(admin).post("/api/v1/status/workflows", orderWorkflow());
  const order = { entity_id: uuidv7() };
  await move(as(agent), "open", order);
  await move(as(agent), "review", order);
  const asked = await move(as(agent), "paid", order);
  return {
    workflow: body.data.workflow_id as string,
    approval: asked.body.error.details.approval_id as string,
  };
}

/** Sets the company's clock so many hours ahead of real time. */
export async function setClock(companyId: string, hours: number) {
  await db
    .update(companies)
    .set({ clockOffsetMs: Math.round(hours * 3_600_000) })
    .where(eq(companies.id, companyId));
}

/** Makes it that moment in the company. */
export async function makeIt(companyId: string, instant: string) {
  await setClock(companyId, (Date.parse(instant) - Date.now()) / 3_600_000);
}
