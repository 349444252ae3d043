import { beforeAll, describe, expect, it } from "vitest";
import { type Api, as } from "../support/api.ts";
import { aContact, anInteraction } from "../support/contacts.ts";
import { aCompany, type TestCompany } from "../support/factories.ts";

let company: TestCompany;
let agent: Api;
let viewer: Api;

beforeAll(async () => {
  company = await aCompany();
  agent = as(company.agent);
  viewer = as(company.viewer);
});

const path = (id: string, more = "") => `/api/contacts/${id}${more}`;

describe("interactions", () => {
  it("are answered field for field, and the contact was last contacted by the latest", async () => {
    const { id } = await aContact(company);
    const { status, body: noted } = await agent.post(path(id, "/interactions"), {
      type: "call",
      description: "Discussed project requirements and timeline",
      outcome: "Client interested in premium package",
      next_action: "Send detailed proposal",
      scheduled_follow_up: "2024-01-15T04:00:00-06:00",
    });
    expect(status).toBe(201);
    expect(noted).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      contact_id: id,
      type: "call",
      description: "Discussed project requirements and timeline",
      timestamp: expect.stringMatching(/Z$/),
      outcome: "Client interested in premium package",
      next_action: "Send detailed proposal",
      scheduled_follow_up: "2024-01-15T10:00:00.000Z",
      performed_by: company.agent.name,
      performed_by_id: company.agent.id,
    });
    const { body: after, headers } = await viewer.get(path(id));
    expect(after.last_contacted).toBe(noted.timestamp);
    expect(headers.get("etag")).toBe('"2"');
  });

  it("leave out what is optional as null", async () => {
    const { id } = await aContact(company);
    const { body: noted } = await agent.post(path(id, "/interactions"), {
      type: "note",
      description: "x",
      outcome: "",
    });
    expect(noted).toMatchObject({ outcome: null, next_action: null, scheduled_follow_up: null });
  });

  it.each(["call", "email", "meeting", "proposal", "quote", "contract", "service", "follow_up", "note"])(
    "may be of type %s",
    async (type) => {
      const contact = await aContact(company);
      const answer = await agent.post(path(contact.id, "/interactions"), { type, description: "x" });
      expect([answer.status, answer.body.type]).toEqual([201, type]);
    },
  );

  it("come newest first, in parts, with the count of all", async () => {
    const contact = await aContact(company);
    for (const n of [2, 1, 3])
      await anInteraction(contact, { description: `day ${n}`, at: new Date(Date.UTC(2026, 0, n)) });
    await anInteraction(await aContact(company), { description: "of somebody else" });
    const list = async (query = "") => (await viewer.get(path(contact.id, `/interactions${query}`))).body;
    const days = (body: { interactions: { description: string }[] }) =>
      body.interactions.map(({ description }) => description);
    const all = await list();
    expect([days(all), all.total, all.skip, all.limit]).toEqual([["day 3", "day 2", "day 1"], 3, 0, 50]);
    const part = await list("?skip=1&limit=1");
    expect([days(part), part.total, part.skip, part.limit]).toEqual([["day 2"], 3, 1, 1]);
    expect(days(await list("?skip=3"))).toEqual([]);
  });

  it("refuse a page of another kind in FastAPI's words", async () => {
    const contact = await aContact(company);
    const { status, body } = await viewer.get(path(contact.id, "/interactions?skip=-1&limit=101"));
    expect([status, body.detail]).toEqual([
      422,
      [
        {
          loc: ["query", "skip"],
          msg: "ensure this value is greater than or equal to 0",
          type: "value_error.number.not_ge",
          ctx: { limit_value: 0 },
        },
        {
          loc: ["query", "limit"],
          msg: "ensure this value is less than or equal to 100",
          type: "value_error.number.not_le",
          ctx: { limit_value: 100 },
        },
      ],
    ]);
    expect((await viewer.get(path(contact.id, "/interactions?limit=ten"))).body.detail).toEqual([
      { loc: ["query", "limit"], msg: "value is not a valid integer", type: "type_error.integer" },
    ]);
  });

  it("refuse what they cannot read, each field by its name", async () => {
    const contact = await aContact(company);
    const refused = async (draft: unknown) =>
      (await agent.post(path(contact.id, "/interactions"), draft)).body.detail;
    expect(await refused({})).toEqual([
      { loc: ["body", "type"], msg: "field required", type: "value_error.missing" },
      { loc: ["body", "description"], msg: "field required", type: "value_error.missing" },
    ]);
    expect(await refused({ type: "fax", description: null, scheduled_follow_up: "tomorrow" })).toEqual([
      {
        loc: ["body", "type"],
        msg: "value is not a valid enumeration member; permitted: 'call', 'email', 'meeting', 'proposal', 'quote', 'contract', 'service', 'follow_up', 'note'",
        type: "type_error.enum",
        ctx: { enum_values: expect.any(Array) },
      },
      {
        loc: ["body", "description"],
        msg: "none is not an allowed value",
        type: "type_error.none.not_allowed",
      },
      { loc: ["body", "scheduled_follow_up"], msg: "invalid datetime format", type: "value_error.datetime" },
    ]);
    expect(await refused({ type: "note", description: "x".repeat(4001) })).toEqual([
      {
        loc: ["body", "description"],
        msg: "ensure this value has at most 4000 characters",
        type: "value_error.any_str.max_length",
        ctx: { limit_value: 4000 },
      },
    ]);
    expect(await refused([])).toEqual([
      { loc: ["body"], msg: "value is not a valid dict", type: "type_error.dict" },
    ]);
  });
});
