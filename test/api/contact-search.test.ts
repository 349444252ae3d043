import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { contacts } from "../../src/db/schema/contacts.ts";
import { holdersOf } from "../../src/modules/contacts/key-rows.ts";
import { sharedKeys } from "../../src/modules/contacts/list-duplicate-groups.ts";
import { mergePage } from "../../src/modules/contacts/merge-journal.ts";
import { contactPage } from "../../src/modules/contacts/queries.ts";
import { ContactQuery } from "../../src/modules/contacts/schemas.ts";
import { theseRows } from "../../src/modules/contacts/these-rows.ts";
import { type Api, as } from "../support/api.ts";
import { aContact } from "../support/contacts.ts";
import { aContext } from "../support/deliver.ts";
import { aCompany, aPlatformAdmin, db, type TestCompany } from "../support/factories.ts";

let company: TestCompany;
let viewer: Api;

const day = (n: number) => new Date(Date.UTC(2026, 0, n));

beforeAll(async () => {
  company = await aCompany();
  viewer = as(company.viewer);
  const other = await aCompany();
  await aContact(other, { emails: ["ann@mail.test"], phones: ["+13125550123"], firstName: "Ann" });
  await aContact(company, {
    firstName: "Ann",
    lastName: "O'Brien-Smith",
    emails: ["ann@mail.test", "ann.smith@work.example.test"],
    phones: ["+13125550123"],
    tags: ["Très VIP"],
    relationshipStatus: "qualified_lead",
    lifecycleStage: "interest",
    createdAt: day(1),
    updatedAt: day(9),
    lastContacted: day(5),
    assignedTo: company.manager.managerId,
  });
  await aContact(company, {
    firstName: "Bob",
    lastName: "Ångström",
    phones: ["+442079460958", "+13125550199"],
    createdAt: day(2),
    updatedAt: day(8),
  });
  await aContact(company, {
    firstName: null,
    lastName: null,
    companyName: "Carla's 54 Bikes",
    emails: ["desk@bikes.test"],
    createdAt: day(3),
    updatedAt: day(7),
    lastContacted: day(6),
  });
  await aContact(company, { firstName: "Ann", lastName: "Gone", deletedAt: new Date() });
});

const first = (names: string[]) => names.map((name) => name.split(/[ ']/)[0]);
async function names(query: string): Promise<(string | undefined)[]> {
  const { status, body } = await viewer.get(`/api/contacts${query}`);
  expect(status).toBe(200);
  return first(body.contacts.map(({ display_name }: { display_name: string }) => display_name));
}

describe("GET /api/contacts", () => {
  it("shows all of the company's live contacts, the newest first, in parts", async () => {
    const { body } = await viewer.get("/api/contacts?skip=1&limit=1");
    expect(body).toMatchObject({ total: 3, skip: 1, limit: 1, contacts: [{ display_name: "Bob Ångström" }] });
    expect((await viewer.get("/api/contacts")).body.limit).toBe(50);
  });

  it.each([
    ["?relationship_status=qualified_lead", ["Ann"]],
    ["?relationship_status=prospect", ["Carla", "Bob"]],
    ["?lifecycle_stage=interest", ["Ann"]],
    ["?email=ANN@mail.test", ["Ann"]],
    ["?email=ann@mail.tes.com", []],
    ["?phone=312-555-0199", ["Bob"]],
    ["?phone=%2B442079460958", ["Bob"]],
    ["?tag=tres%20vip", ["Ann"]],
    ["?tag=vip", []],
    ["?from=2026-01-02T00:00:00Z", ["Carla", "Bob"]],
    ["?from=2026-01-02T00:00:00Z&to=2026-01-03T00:00:00Z", ["Bob"]],
    ["?to=2026-01-01T00:00:00%2B00:00", []],
    ["?q=ann", ["Ann"]],
    ["?q=ann&tag=tres%20vip&relationship_status=prospect", []],
    ["?sort=display_name", ["Ann", "Bob", "Carla"]],
    ["?sort=-display_name", ["Carla", "Bob", "Ann"]],
    ["?sort=created_at", ["Ann", "Bob", "Carla"]],
    ["?sort=updated_at", ["Carla", "Bob", "Ann"]],
    ["?sort=-last_contacted", ["Carla", "Ann", "Bob"]],
  ])("%s", async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  it("finds by the person it was given to", async () => {
    expect(await names(`?assigned_to=${company.manager.managerId}`)).toEqual(["Ann"]);
  });

  it("refuses sorts and stages it does not know", async () => {
    const { status, body } = await viewer.get("/api/contacts?sort=notes&lifecycle_stage=love");
    expect([
      status,
      body.detail.map(({ loc, type }: { loc: string[]; type: string }) => [loc, type]),
    ]).toEqual([
      422,
      [
        [["query", "lifecycle_stage"], "type_error.enum"],
        [["query", "sort"], "type_error.enum"],
      ],
    ]);
  });
});

describe("GET /api/contacts/search", () => {
  it.each([
    ["ann", ["Ann"]],
    ["ANN obrien", ["Ann"]],
    ["o'brien-smith", ["Ann"]],
    ["smith", ["Ann"]],
    ["angstrom", ["Bob"]],
    ["bikes", ["Carla"]],
    ["54", ["Carla"]],
    ["ann@mail.test", ["Ann"]],
    ["smith@work", ["Ann"]],
    ["work.example", ["Ann"]],
    ["+1 (312) 555-0123", ["Ann"]],
    ["312.555.0123", ["Ann"]],
    ["3125550123", ["Ann"]],
    ["555-0199", ["Bob"]],
    ["312555", ["Ann", "Bob"]],
    ["020 7946 0958", ["Bob"]],
    ["+44 20 7946", ["Bob"]],
    ["bob 555 0199", ["Bob"]],
    ["bob 555 0123", []],
    ["nn", []],
    ["gone", []],
    ["%", []],
  ])("%s", async (q, expected) => {
    const found = q.length < 2 ? [] : await names(`/search?q=${encodeURIComponent(q)}`);
    expect(found).toEqual(expected);
  });

  it("wants at least two characters", async () => {
    const { status, body } = await viewer.get("/api/contacts/search?q=a");
    expect([status, body.detail[0].type]).toEqual([422, "value_error.any_str.min_length"]);
    expect((await viewer.get("/api/contacts/search")).body.detail).toEqual([
      { loc: ["query", "q"], msg: "field required", type: "value_error.missing" },
    ]);
  });

  it("asks a platform administrator in which company", async () => {
    const root = as(await aPlatformAdmin());
    expect((await root.get("/api/contacts/search?q=ann")).status).toBe(422);
    const { body } = await root.get("/api/contacts/search?q=ann", { "x-company-id": company.id });
    expect(body.total).toBe(1);
  });
});

describe("no question about contacts reads everybody", () => {
  type Statement = { toSQL(): { sql: string; params: unknown[] } };

  async function planOf(statement: Statement): Promise<string[]> {
    const { sql, params } = statement.toSQL();
    const plan = await env.DB.prepare(`explain query plan ${sql}`)
      .bind(...params)
      .all<{ detail: string }>();
    return plan.results.map(({ detail }) => detail);
  }

  const byKey = [/contact_keys.*\(company_id=\? AND kind=\? AND key=\?\)/, /SEARCH contacts .*\(id=\?\)/];
  const byRange = [
    /contact_keys.*\(company_id=\? AND kind=\? AND key>\? AND key<\?\)/,
    /SEARCH contacts .*\(id=\?\)/,
  ];
  const at = "2026-01-01T00:00:00Z";

  it.each([
    [{}, [/INDEX contacts_by_\w+ \(company_id=\?\)/]],
    [{ relationship_status: "prospect" }, [/contacts_by_status \(company_id=\? AND relationship_status=\?/]],
    [{ lifecycle_stage: "interest" }, [/contacts_by_stage \(company_id=\? AND lifecycle_stage=\?/]],
    [{ assigned_to: "x" }, [/contacts_by_assignee \(company_id=\? AND assigned_to=\?/]],
    [{ email: "a@b.test" }, byKey],
    [{ phone: "+13125550123" }, byKey],
    [{ tag: "vip" }, byKey],
    [{ q: "ann" }, byRange],
    [{ q: "312 555 0123" }, byRange],
    [{ q: "ann 312 555", relationship_status: "prospect", from: at }, byRange],
    [
      { from: at, to: at, sort: "created_at" },
      [/contacts_by_created \(company_id=\? AND created_at>\? AND created_at<\?/],
    ],
  ])("list by %j, in whatever order", async (filter, indexes) => {
    const ctx = await aContext(company.id);
    for (const sort of ["-created_at", "display_name", "updated_at", "-last_contacted"]) {
      const [page] = contactPage(ctx, ContactQuery.parse({ sort, ...filter }));
      const plan = await planOf(page);
      expect(plan.filter((step) => step.startsWith("SCAN "))).toEqual([]);
      for (const index of indexes) expect(plan.join("\n")).toMatch(index);
    }
  });

  it.each([{}, { relationship_status: "prospect" }, { email: "a@b.test" }, { q: "ann" }, { from: at }])(
    "count of %j",
    async (filter) => {
      const [, counted] = contactPage(await aContext(company.id), ContactQuery.parse(filter));
      const plan = await planOf(counted);
      expect(plan.join("\n")).toMatch(/SEARCH contacts USING/);
      expect(plan.filter((step) => step.startsWith("SCAN "))).toEqual([]);
    },
  );

  it("merges, of all and of one contact", async () => {
    const ctx = await aContext(company.id);
    for (const query of [
      { skip: 0, limit: 50 },
      { skip: 0, limit: 50, primary_id: "x" },
    ])
      for (const statement of mergePage(ctx, query))
        expect((await planOf(statement)).filter((step) => step.startsWith("SCAN"))).toEqual([]);
  });

  it("candidates for a duplicate", async () => {
    const holders = holdersOf([{ kind: "email", key: "ann@mail.test" }], company.id);
    const statement = db
      .select({ id: contacts.id })
      .from(contacts)
      .where(theseRows(contacts, company.id, holders));
    const plan = await planOf(statement);
    expect(plan.filter((step) => /^SCAN (?!wanted|\(subquery)/.test(step))).toEqual([]);
    expect(plan.join("\n")).toMatch(/SEARCH contacts .*\(id=\?\)/);
  });

  it("contacts that share a key", async () => {
    const plan = await planOf(db.select({ kind: sql`kind` }).from(sql`(${sharedKeys(company.id)})`));
    expect(plan.filter((step) => /^SCAN (?!\()/.test(step))).toEqual([]);
    expect(plan.join("\n")).toMatch(/SEARCH s USING .*\(company_id=\? AND kind=\?\)/);
  });
});
