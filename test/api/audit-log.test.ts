import { describe, expect, it } from "vitest";
import { as } from "../support/api.ts";
import { aCompany } from "../support/factories.ts";

/** A company in which the admin has renamed a property twice, and the manager once. */
async function withHistory() {
  const company = await aCompany();
  const path = `/api/properties/${company.property.id}`;
  const ids: string[] = [];
  for (const [account, name] of [
    [company.admin, "One"],
    [company.admin, "Two"],
    [company.manager, "Three"],
  ] as const) {
    const answer = await as(account).put(path, { name }, { "X-Request-Id": `request-of-${name}` });
    ids.push(answer.body.meta.requestId);
  }
  return { ...company, ids };
}

type Entry = { after: { name: string } };
const names = (entries: Entry[]) => entries.map(({ after }) => after.name);

describe("GET /api/audit-log", () => {
  it("tells who wrote what and under which request, latest first", async () => {
    const { admin, property, id } = await withHistory();
    const { body } = await as(admin).get("/api/audit-log");
    expect(names(body.data)).toEqual(["Three", "Two", "One"]);
    expect(body.data[2]).toMatchObject({
      company_id: id,
      actor_kind: "staff",
      actor_id: admin.id,
      actor_name: admin.name,
      action: "update",
      record_type: "property",
      record_id: property.id,
      before: { name: "Maple Court" },
      request_id: "request-of-One",
    });
  });

  it("filters by record, actor, action and time", async () => {
    const { admin, manager, property } = await withHistory();
    const find = async (query: string) => (await as(admin).get(`/api/audit-log?${query}`)).body;
    expect(names((await find(`record_type=property&record_id=${property.id}&sort=created_at`)).data)).toEqual(
      ["One", "Two", "Three"],
    );
    expect(names((await find(`actor_id=${manager.id}`)).data)).toEqual(["Three"]);
    expect((await find("action=archive")).meta.pagination.total).toBe(0);
    expect((await find("record_type=company")).data).toEqual([]);
    const around = (ms: number) => encodeURIComponent(new Date(Date.now() + ms).toISOString());
    expect((await find(`from=${around(60_000)}`)).meta.pagination.total).toBe(0);
    expect((await find(`to=${around(60_000)}`)).meta.pagination.total).toBe(3);
    expect((await find(`from=${around(-60_000)}`)).meta.pagination.total).toBe(3);
    expect((await find(`to=${around(-60_000)}`)).meta.pagination.total).toBe(0);
  });

  it("is for company admins, each of whom sees the own company", async () => {
    const { manager, agent } = await withHistory();
    expect((await as(manager).get("/api/audit-log")).status).toBe(403);
    expect((await as(agent).get("/api/audit-log")).status).toBe(403);
    const stranger = await aCompany();
    expect((await as(stranger.admin).get("/api/audit-log")).body.data).toEqual([]);
  });

  it.each(["from=yesterday", "to=2026-01-01T00:00:00", "sort=actor_id"])("refuses ?%s", async (query) => {
    const { admin } = await aCompany();
    expect((await as(admin).get(`/api/audit-log?${query}`)).status).toBe(422);
  });
});
