import { beforeAll, describe, expect, it } from "vitest";
import { anonymous, type Api, as, withToken } from "../support/api.ts";
import { aContact } from "../support/contacts.ts";
import { aCompany, type TestCompany } from "../support/factories.ts";

let company: TestCompany;
let agent: Api;
let contact: { id: string };

beforeAll(async () => {
  company = await aCompany();
  agent = as(company.agent);
  contact = await aContact(company);
});

const missing = { msg: "field required", type: "value_error.missing" };
const path = (more = "") => `/api/contacts/${contact.id}${more}`;

async function sent(method: string, to: string, body?: string, type: string | null = "application/json") {
  const headers = type === null ? {} : { "content-type": type };
  const answer = await agent.fetch(to, { method, headers, ...(body === undefined ? {} : { body }) });
  return [answer.status, await answer.json()];
}

describe("a body under /api/contacts", () => {
  it.each([
    ["POST", "/interactions"],
    ["PUT", "/status"],
    ["PUT", ""],
  ])("of nothing is one missing field (%s …%s)", async (method, more) => {
    const refused = [422, { detail: [{ loc: ["body"], ...missing }] }];
    expect(await sent(method, path(more), undefined, null)).toEqual(refused);
    expect(await sent(method, path(more), "")).toEqual(refused);
    expect(await sent(method, path(more), "null")).toEqual(refused);
  });

  it.each([
    ['{"type": "call",}', 16, "Expecting property name enclosed in double quotes"],
    ['{"type": call}', 9, "Expecting value"],
    ['{"type": "call"', 15, "Expecting ',' delimiter"],
    ['{"type": "call"} {}', 17, "Extra data"],
  ])("that is no JSON is told where: %s", async (body, at, reason) => {
    expect(await sent("POST", path("/interactions"), body)).toEqual([
      422,
      {
        detail: [
          {
            loc: ["body", at],
            msg: `${reason}: line 1 column ${at + 1} (char ${at})`,
            type: "value_error.jsondecode",
            ctx: { msg: reason, pos: at, lineno: 1, colno: at + 1 },
          },
        ],
      },
    ]);
  });

  it("of another kind, or too large, is refused with a text", async () => {
    const draft = JSON.stringify({ type: "call", description: "x" });
    expect(await sent("POST", path("/interactions"), draft, "text/plain")).toEqual([
      415,
      { detail: "Send application/json" },
    ]);
    const bytes = new TextEncoder().encode(draft);
    const answer = await agent.fetch(path("/interactions"), {
      method: "POST",
      headers: { "content-length": String(bytes.length) },
      body: bytes,
    });
    expect([answer.status, await answer.json()]).toEqual([415, { detail: "Send application/json" }]);
    const [status, body] = await sent("POST", path("/interactions"), `"${"x".repeat(2 ** 20)}"`);
    expect([status, body]).toEqual([413, { detail: expect.any(String) }]);
  });

  it("that asks a time for its offset says so", async () => {
    const draft = { type: "call", description: "x", scheduled_follow_up: "2024-01-15T10:00:00" };
    expect(await sent("POST", path("/interactions"), JSON.stringify(draft))).toEqual([
      422,
      {
        detail: [
          {
            loc: ["body", "scheduled_follow_up"],
            msg: "must be an ISO 8601 time with an offset, such as 2026-03-01T10:00:00Z",
            type: "value_error",
          },
        ],
      },
    ]);
  });
});

describe("a query under /api/contacts", () => {
  it.each(["", "1e1", "0x10", "ten", "2.0", "1&limit=2"])(
    "has no whole number in limit=%s",
    async (limit) => {
      expect(await sent("GET", path(`/interactions?limit=${limit}`))).toEqual([
        422,
        {
          detail: [
            { loc: ["query", "limit"], msg: "value is not a valid integer", type: "type_error.integer" },
          ],
        },
      ]);
    },
  );

  it.each([
    ["maybe", 422],
    ["", 422],
    ["t", 201],
    ["YES", 201],
    ["off", 201],
  ])("takes allow_duplicate=%s as FastAPI does (%i)", async (said, expected) => {
    const draft = JSON.stringify({ first_name: "Nobody" });
    const [status, body] = await sent("POST", `/api/contacts?allow_duplicate=${said}`, draft);
    expect(status).toBe(expected);
    if (status !== 422) return;
    const msg = "value could not be parsed to a boolean";
    expect(body).toEqual({ detail: [{ loc: ["query", "allow_duplicate"], msg, type: "type_error.bool" }] });
  });

  it.each([
    ["/api/contacts/search", "q", missing],
    ["/api/contacts/search?q=", "q", { type: "value_error.any_str.min_length" }],
    ["/api/contacts?assigned_to=", "assigned_to", { type: "value_error.any_str.min_length" }],
    ["/api/contacts?from=2024-01-01T00:00:00", "from", { type: "value_error" }],
    ["/api/contacts?sort=name", "sort", { type: "type_error.enum" }],
  ])("is told its one mistake: %s", async (to, field, problem) => {
    const [status, body] = await sent("GET", to);
    expect([status, body]).toMatchObject([422, { detail: [{ loc: ["query", field], ...problem }] }]);
    expect((body as { detail: unknown[] }).detail).toHaveLength(1);
  });
});

describe("any other refusal under /api/contacts", () => {
  it("of a header is listed too", async () => {
    const key = { "idempotency-key": "k".repeat(256) };
    const { status, body } = await agent.post(path("/interactions"), { type: "call", description: "x" }, key);
    expect([status, body]).toEqual([
      422,
      {
        detail: [
          {
            loc: ["header", "idempotency-key"],
            msg: "Idempotency-Key must have 1 to 255 characters",
            type: "value_error",
          },
        ],
      },
    ]);
  });

  it("is a text", async () => {
    const { status, body } = await anonymous().get(path());
    expect([status, body]).toEqual([401, { detail: "Sign in first" }]);
    const stranger = await withToken("x").get(path());
    expect([stranger.status, stranger.body]).toEqual([401, { detail: "The token is not valid" }]);
    expect(await sent("GET", path("/nothing"))).toEqual([
      404,
      { detail: `No such path: GET ${path("/nothing")}` },
    ]);
    expect(await sent("GET", "/api/contacts/123/interactions")).toEqual([
      404,
      { detail: "Contact not found" },
    ]);
  });

  it("ends where the path does", async () => {
    expect(await sent("GET", "/api/contactsx")).toMatchObject([404, { success: false }]);
  });
});
