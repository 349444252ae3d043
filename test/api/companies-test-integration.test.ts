import { eq } from "drizzle-orm";
import { afterEach, describe, expect, it } from "vitest";
import { parts } from "../../src/core/routers.ts";
import { properties } from "../../src/db/schema/properties.ts";
import { testedVendors } from "../../src/modules/companies/schemas.ts";
import { as } from "../support/api.ts";
import { aCompany, db, type TestCompany } from "../support/factories.ts";
import { aSandbox } from "../support/sandbox.ts";

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

const calendlyUser = (organization: string) =>
  Response.json({
    resource: {
      uri: "https://api.calendly.com/users/U1",
      name: "Morgan Reed",
      current_organization: organization,
    },
  });

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
    expect(await say(() => new Response("hello"))).toContain("could not be read");
    expect(await say(() => Response.json({ scopes: "all" }))).toContain("unexpected shape");
  });

  const vendors = [
    {
      vendor: "amplitude",
      settings: { amplitude_api_key: key },
      good: () => Response.json({ code: 200, events_ingested: 1 }),
      asked: "http://localhost:8788/amplitude/2/httpapi",
      said: "Integration Tested",
    },
    {
      vendor: "openai",
      settings: { openai_api_key: key },
      good: () => Response.json({ data: [{ id: "gpt-4o" }, { id: "gpt-4o-mini" }] }),
      asked: "http://localhost:8788/openai/v1/models",
      said: "2 models",
    },
    {
      vendor: "calendly",
      settings: { calendly_org_uri: "https://api.calendly.com/organizations/A1", calendly_api_token: key },
      good: () => calendlyUser("https://api.calendly.com/organizations/A1"),
      asked: "http://localhost:8788/calendly/users/me",
      said: "Morgan Reed",
    },
    {
      vendor: "twilio",
      settings: {
        twilio_account_sid: `AC${"0".repeat(32)}`,
        twilio_from: "+13125550100",
        twilio_auth_token: key,
      },
      good: () => Response.json({ status: "active", friendly_name: "Maple" }),
      asked: `http://localhost:8788/twilio/2010-04-01/Accounts/AC${"0".repeat(32)}.json`,
      said: "active",
    },
  ];

  it.each(vendors)(
    "asks $vendor once, tells its refusal, its absence and its silence, and never the key",
    async ({ vendor, settings, good, asked, said }) => {
      const company = await aCompany();
      const unset = vendorSays(good);
      expect((await test(company, vendor)).body.data).toMatchObject({
        ok: false,
        message: expect.stringContaining(Object.keys(settings)[0]!),
      });
      expect(unset).toEqual([]);
      await as(company.admin).put(`/api/companies/${company.id}/integrations`, settings);
      const calls = vendorSays(good);
      expect((await test(company, vendor)).body.data).toMatchObject({
        ok: true,
        message: expect.stringContaining(said),
      });
      expect(calls.map(({ url }) => url)).toEqual([asked]);
      for (const [answer, words] of [
        [() => new Response(key, { status: 401 }), "does not accept the key"],
        [() => new Error("connection refused"), "could not be reached"],
        [() => new Response(key), "could not be read"],
      ] as const) {
        vendorSays(answer);
        const { body } = await test(company, vendor);
        expect(body.data).toMatchObject({ vendor, ok: false, message: expect.stringContaining(words) });
        expect(JSON.stringify(body)).not.toContain(key);
      }
    },
  );

  it("tells a Calendly token of another organization from the company's own", async () => {
    const company = await aCompany();
    await as(company.admin).put(`/api/companies/${company.id}/integrations`, {
      calendly_org_uri: "https://api.calendly.com/organizations/A1",
      calendly_api_token: key,
    });
    vendorSays(() => calendlyUser("https://api.calendly.com/organizations/B2"));
    const { ok, message } = (await test(company, "calendly")).body.data;
    expect([ok, message]).toEqual([false, expect.stringContaining("organizations/B2")]);
  });

  it("leaves ResMan in peace while its breaker is open, and counts for it", async () => {
    const company = await aCompany();
    const dead = vendorSays(() => new Error("connection refused"));
    for (let tries = 0; tries < 5; tries += 1)
      expect((await test(company, "resman")).body.data.message).toContain("could not be reached");
    expect(dead).not.toEqual([]);
    const asked = vendorSays(resmanLists);
    const { body } = await test(company, "resman");
    expect(body.data).toMatchObject({ ok: false, message: expect.stringContaining("left in peace") });
    expect(asked).toEqual([]);
  });

  it("is answered by every vendor of the sandbox", async () => {
    const company = await aCompany({ resmanAccountId: "400" });
    parts.fetch = aSandbox().fetch;
    await as(company.admin).put(`/api/companies/${company.id}/integrations`, {
      ...Object.assign({}, ...vendors.map(({ settings }) => settings)),
      calendly_org_uri: "https://api.calendly.com/organizations/SANDBOX",
      sendgrid_api_key: key,
    });
    for (const vendor of testedVendors.filter((name) => name !== "resman"))
      expect((await test(company, vendor)).body.data).toMatchObject({ vendor, ok: true });
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
