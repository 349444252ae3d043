import { eq } from "drizzle-orm";
import { afterEach, describe, expect, it } from "vitest";
import { parts } from "../../src/core/routers.ts";
import { properties } from "../../src/db/schema/properties.ts";
import { as } from "../support/api.ts";
import { aCompany, db, type TestCompany } from "../support/factories.ts";

const key = "SG.a-very-secret-key-9876";

afterEach(() => {
  delete parts.fetch;
});

/** What the company asked of the vendor. */
type Asked = { url: string; form: URLSearchParams; authorization: string | null };

/** Stands in for the vendors: every call is kept and answered by `answer`. */
function vendorSays(answer: (path: string) => Response | Error): Asked[] {
  const asked: Asked[] = [];
  parts.fetch = async (input, init) => {
    const request = new Request(input, init);
    const form = new URLSearchParams(await request.text());
    asked.push({ url: request.url, form, authorization: request.headers.get("authorization") });
    const said = answer(new URL(request.url).pathname);
    if (said instanceof Error) throw said;
    return said;
  };
  return asked;
}

const resmanLists = (path: string) =>
  Response.json(
    path.endsWith("GetEmployees")
      ? { Status: "Success", Employees: [{ ID: "e1", Name: "Morgan Reed" }] }
      : {
          Status: "Success",
          ProspectSources: [
            { ID: "s1", Name: "Website" },
            { ID: "s2", Name: "Sign" },
          ],
        },
  );

const test = async ({ admin, id }: TestCompany, vendor: string) =>
  as(admin).post(`/api/companies/${id}/test-integration`, { vendor });

const withKey = async (company: TestCompany) =>
  as(company.admin).put(`/api/companies/${company.id}/integrations`, { sendgrid_api_key: key });

describe("POST /api/companies/:id/test-integration", () => {
  it("really asks ResMan, with the company's account and a property it knows", async () => {
    const company = await aCompany();
    const asked = vendorSays(resmanLists);
    const { status, body } = await test(company, "resman");
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ vendor: "resman", ok: true });
    expect(body.data.message).toContain("1 employees and 2 prospect sources");
    expect(body.data.latency_ms).toBeGreaterThanOrEqual(0);
    expect(asked.map(({ url }) => url).toSorted()).toEqual([
      "http://localhost:8788/resman/Leasing/GetEmployees",
      "http://localhost:8788/resman/Leasing/GetProspectSources",
    ]);
    expect(Object.fromEntries(asked[0]!.form)).toMatchObject({
      AccountID: "400",
      PropertyID: company.property.resmanPropertyId,
      IntegrationPartnerID: "dev-partner",
      ApiKey: "dev-resman-key",
    });
  });

  it("uses the company's own ResMan key where it has one", async () => {
    const company = await aCompany();
    await as(company.admin).put(`/api/companies/${company.id}/integrations`, {
      resman_api_key: "their-own-key",
    });
    const asked = vendorSays(resmanLists);
    await test(company, "resman");
    expect(asked[0]!.form.get("ApiKey")).toBe("their-own-key");
  });

  it("tells a refusal, a dead line and a wrong page in plain words, and never the key", async () => {
    const company = await aCompany();
    const messages: string[] = [];
    for (const said of [
      () => Response.json({ Status: "Failed", ErrorDescription: "Invalid key dev-resman-key" }),
      () => new Error("connection refused"),
      () => new Response("<html>maintenance</html>"),
      () => new Response("dev-resman-key", { status: 500 }),
    ]) {
      vendorSays(said);
      const { status, body } = await test(company, "resman");
      expect([status, body.data.ok]).toEqual([200, false]);
      expect(JSON.stringify(body)).not.toContain("dev-resman-key");
      messages.push(body.data.message);
    }
    expect(messages[0]).toMatch(/refused.*resman_account_id/);
    expect(messages[1]).toMatch(/could not be reached/);
    expect(messages[2]).toMatch(/could not be read/);
    expect(messages[3]).toMatch(/HTTP 500/);
  });

  it("says what is missing before it asks anybody", async () => {
    const noAccount = await aCompany({ resmanAccountId: null });
    const noProperty = await aCompany();
    await db
      .update(properties)
      .set({ resmanPropertyId: null })
      .where(eq(properties.companyId, noProperty.id));
    const asked = vendorSays(resmanLists);
    expect((await test(noAccount, "resman")).body.data).toMatchObject({
      ok: false,
      message: expect.stringContaining("resman_account_id"),
    });
    expect((await test(noProperty, "resman")).body.data.message).toContain("resman_property_id");
    expect((await test(noProperty, "sendgrid")).body.data.message).toContain("sendgrid_api_key");
    expect(asked).toEqual([]);
  });

  it("asks SendGrid what the key may do", async () => {
    const company = await aCompany();
    await withKey(company);
    const asked = vendorSays(() => Response.json({ scopes: ["mail.send", "stats.read"] }));
    expect((await test(company, "sendgrid")).body.data).toMatchObject({ vendor: "sendgrid", ok: true });
    expect(asked).toMatchObject([
      { url: "http://localhost:8788/sendgrid/v3/scopes", authorization: `Bearer ${key}` },
    ]);
  });

  it("warns of a key that may not send, of a wrong one, and of an answer it cannot read", async () => {
    const company = await aCompany();
    await withKey(company);
    const say = async (answer: () => Response) => {
      vendorSays(answer);
      const { body } = await test(company, "sendgrid");
      expect(JSON.stringify(body)).not.toContain(key);
      expect(body.data.ok).toBe(false);
      return body.data.message as string;
    };
    expect(await say(() => Response.json({ scopes: ["stats.read"] }))).toContain("mail.send");
    expect(await say(() => Response.json({ errors: [{ message: key }] }, { status: 401 }))).toContain(
      "not accept the key",
    );
    expect(await say(() => new Response("hello"))).toContain("unexpected shape");
  });

  it("is for company admins and for known vendors", async () => {
    const company = await aCompany();
    const path = `/api/companies/${company.id}/test-integration`;
    expect((await as(company.manager).post(path, { vendor: "resman" })).status).toBe(403);
    expect((await as(company.admin).post(path, { vendor: "yardi" })).status).toBe(422);
    expect((await as(company.admin).post(path, {})).body.error.code).toBe("MISSING_REQUIRED_FIELD");
    const stranger = await aCompany();
    expect((await as(stranger.admin).post(path, { vendor: "resman" })).status).toBe(404);
  });
});
