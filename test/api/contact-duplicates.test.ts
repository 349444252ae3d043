import { beforeAll, describe, expect, it } from "vitest";
import { anonymous, type Api, as } from "../support/api.ts";
import { aContact, anEmail, type ContactRow } from "../support/contacts.ts";
import { aCompany, type TestCompany } from "../support/factories.ts";

let company: TestCompany;
let agent: Api;

beforeAll(async () => {
  company = await aCompany();
  agent = as(company.agent);
});

describe("a duplicate", () => {
  const nora = () => ({ first_name: "Nora", last_name: "Field", email: anEmail(), phone: null });

  it("is refused with the candidates, and let in when that is wanted", async () => {
    const draft = nora();
    const first = await agent.post("/api/contacts", draft);
    const { status, body } = await agent.post("/api/contacts", {
      ...draft,
      email: draft.email.toUpperCase(),
    });
    expect([status, body.detail.code]).toEqual([409, "DUPLICATE_RECORD"]);
    expect(body.detail.message).toBe("This looks like Nora Field");
    expect(body.detail.candidates).toEqual([
      {
        contact: first.body,
        score: 60,
        reasons: [`same email: ${draft.email}`, "same last name: field", "same first name: nora"],
      },
    ]);
    expect((await agent.post("/api/contacts?allow_duplicate=true", draft)).status).toBe(201);
  });

  it("is not shown to a program that may enter contacts and not look at them", async () => {
    const email = anEmail();
    await aContact(company, { emails: [email] });
    const admin = as(company.admin);
    const { body: made } = await admin.post("/api/api-keys", {
      name: "Form",
      permissions: ["edit_contacts"],
    });
    const key = { "x-api-key": made.data.key };
    const { status, body } = await anonymous().post("/api/contacts", { email }, key);
    expect([status, body]).toEqual([
      409,
      { detail: { code: "DUPLICATE_RECORD", message: "This looks like a contact there is", candidates: [] } },
    ]);
    expect((await anonymous().get(`/api/contacts?email=${email}`, key)).body).toEqual({
      detail: "Insufficient permissions: view_contacts required",
    });
  });

  it("is none when two of address, number and last name differ", async () => {
    const email = anEmail();
    await agent.post("/api/contacts", { first_name: "A", last_name: "B", email, phone: "+13125550131" });
    const other = { first_name: "C", last_name: "D", email, phone: "+13125550132" };
    expect((await agent.post("/api/contacts", other)).status).toBe(201);
    const same = { ...other, first_name: "E", last_name: "B" };
    expect((await agent.post("/api/contacts", same)).status).toBe(409);
  });

  it("is none of another company's", async () => {
    const draft = nora();
    await as((await aCompany()).agent).post("/api/contacts", draft);
    expect((await agent.post("/api/contacts", draft)).status).toBe(201);
  });

  it("gets in once when many enter the same person at the same moment", async () => {
    const draft = nora();
    const answers = await Promise.all(Array.from({ length: 8 }, () => agent.post("/api/contacts", draft)));
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
    const found = await agent.get(`/api/contacts?email=${encodeURIComponent(draft.email)}`);
    expect(found.body.total).toBe(1);
  });

  it("is shown with the contact, the likest first", async () => {
    const phones = ["+13125550141"];
    const email = anEmail();
    const one = await aContact(company, { emails: [email], phones });
    const near = await aContact(company, { emails: [anEmail()], phones });
    const same = await aContact(company, { emails: [email], phones });
    await aContact(company, { firstName: "Bob", lastName: "Smith", emails: [anEmail()], phones });
    const { body } = await agent.get(`/api/contacts/${one.id}/duplicates`);
    expect(body.contact_id).toBe(one.id);
    expect(body.duplicates.map((found: { contact: ContactRow }) => found.contact.id)).toEqual([
      same.id,
      near.id,
    ]);
    expect(body.duplicates[1]).toMatchObject({
      score: 40,
      reasons: [
        "different email",
        "same phone: +13125550141",
        "same last name: field",
        "same first name: nora",
      ],
    });
  });

  it("is listed company by company by what is shared, without families and switchboards", async () => {
    const own = await aCompany();
    const [desk, home] = ["+13125550150", "+13125550151"];
    for (let n = 0; n < 21; n += 1) await aContact(own, { firstName: `P${n}`, phones: [desk] });
    await aContact(own, { firstName: "Ann", lastName: "Smith", phones: [home], emails: ["ann@x.test"] });
    await aContact(own, { firstName: "Bob", lastName: "Jones", phones: [home], emails: ["bob@x.test"] });
    const twins = [
      await aContact(own, { lastName: "Brook", phones: ["+13125550152"], emails: ["t@x.test"] }),
      await aContact(own, { lastName: "Brook", phones: ["+13125550152"], emails: ["t@x.test"] }),
    ];
    await aContact(own, { lastName: "Hill", phones: ["+13125550159"], emails: ["t@x.test"] });
    await aContact(company, { lastName: "Brook", emails: ["t@x.test"] });
    const { body } = await as(own.viewer).get("/api/contacts/duplicates");
    expect([body.total, body.skip, body.limit]).toEqual([2, 0, 50]);
    const told = body.groups.map((group: { kind: string; key: string; contacts: ContactRow[] }) => [
      group.kind,
      group.key,
      group.contacts.map(({ id }) => id),
    ]);
    const ids = twins.map(({ id }) => id);
    expect(told).toEqual([
      ["email", "t@x.test", ids],
      ["phone", "+13125550152", ids],
    ]);
    expect(body.groups[0]).toMatchObject({
      score: 100,
      reasons: expect.arrayContaining(["same last name: brook"]),
    });
    const part = await as(own.viewer).get("/api/contacts/duplicates?skip=1&limit=1");
    expect([part.body.total, part.body.groups.length, part.body.groups[0].kind]).toEqual([2, 1, "phone"]);
  });
});
