import { beforeEach, describe, expect, it, vi } from "vitest";
import { as } from "../support/api.ts";
import { deliverAll, passWaits } from "../support/deliver.ts";
import { aCompany, aLead, type TestCompany } from "../support/factories.ts";

const base = "/api/resman/status-workflows";

let company: TestCompany;
beforeEach(async () => {
  company = await aCompany();
});

const create = (over: object = {}) =>
  as(company.admin).post(base, {
    property_id: company.property.id,
    trigger_status: "new",
    target_status: "contacted",
    actions: [{ type: "create_task", config: { title: "Call {{lead_name}}" } }],
    ...over,
  });

describe("GET /api/resman/leads/:leadId/workflow-runs", () => {
  it("tells what all of a property's workflows did about one lead", async () => {
    const here = { trigger_status: "contacted", target_status: "contacted" };
    await create({ ...here, name: "First" });
    await create({ ...here, name: "Second" });
    const [lead, other] = [await aLead(company.property), await aLead(company.property)];
    for (const { id } of [lead, other])
      await as(company.agent).put(`/api/resman/leads/${id}/status`, {
        new_status: "contacted",
        updated_by: "resman_user",
      });
    const path = `/api/resman/leads/${lead.id}/workflow-runs`;
    const { body } = await as(company.viewer).get(`${path}?status=done&sort=started_at`);
    expect(body.meta.pagination.total).toBe(2);
    expect(body.data).toMatchObject([
      { workflow_name: "First", lead_id: lead.id, actions: [{ type: "create_task", status: "done" }] },
      { workflow_name: "Second", lead_id: lead.id },
    ]);
    expect((await as(company.viewer).get(`${path}?status=failed`)).body.data).toEqual([]);
    const stranger = await aCompany();
    expect((await as(stranger.admin).get(path)).status).toBe(404);
  });
});

describe("GET /api/resman/status-workflows/:id/runs", () => {
  it("tells what a workflow has done, page by page, newest first", async () => {
    const { body: created } = await create();
    for (let n = 0; n < 3; n += 1) {
      const lead = await aLead(company.property);
      await as(company.agent).put(`/api/resman/leads/${lead.id}/status`, {
        new_status: "contacted",
        updated_by: "resman_user",
      });
    }
    await vi.waitFor(async () => {
      await passWaits(company.id);
      await deliverAll(company.id, "notifications");
      await deliverAll(company.id, "projections");
      const { body } = await as(company.viewer).get(`${base}/${created.data.id}/runs?limit=2&status=done`);
      expect(body.meta.pagination).toMatchObject({ total: 3, totalPages: 2 });
      expect(body.data).toHaveLength(2);
      expect(body.data[0]).toMatchObject({
        trigger_status: "new",
        workflow_name: "New to Contacted",
        move: "refused",
        actions: [{ type: "create_task", status: "done", result: { task_id: expect.any(String) } }],
      });
    });
  });
});
