import { and, eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { auditLog } from "../../src/db/schema/ledger.ts";
import { propertyAssignments, propertyOrigins } from "../../src/db/schema/properties.ts";
import { anonymous, as } from "../support/api.ts";
import {
  aCompany,
  aConversation,
  aLead,
  aPlatformAdmin,
  aProperty,
  aTour,
  db,
  everyDay,
} from "../support/factories.ts";

const draft = { name: "Birch Park", address: "7 Oak Avenue", city: "Austin", state: "TX", zip_code: "78701" };

function originsOf(propertyId: string) {
  return db.select().from(propertyOrigins).where(eq(propertyOrigins.propertyId, propertyId));
}

describe("POST /api/properties", () => {
  it("makes a property with a chatbot that is on, and a line of HTML that shows it", async () => {
    const { id, admin } = await aCompany();
    const { status, body } = await as(admin).post("/api/properties", draft);
    expect(status).toBe(201);
    expect(body.data).toMatchObject({
      ...draft,
      company_id: id,
      time_zone: "America/Chicago",
      allowed_origins: [],
    });
    expect(body.data.embed_key).toMatch(/^pk_[\w-]{43}$/);
    expect(body.data.chatbot_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(body.data.chatbot_is_active).toBe(true);
    expect(body.data.chatbot_embed_code).toBe(
      `<script src="http://localhost:8787/widget.js" data-embed-key="${body.data.embed_key}" async></script>`,
    );
  });

  it("keeps every field it is given", async () => {
    const { admin } = await aCompany();
    const full = {
      ...draft,
      time_zone: "America/Denver",
      phone: "+15125550100",
      email: "office@birch.test",
      property_type: "apartment",
      units_count: 120,
      amenities: ["pool", { gym: { open: "24h" } }],
      features: { balconies: true },
      website_url: "https://www.birch.example/home",
      hubspot_property_id: "hs-1",
      office_hours: { ...everyDay, holidays: [{ date: "2026-12-25", name: "Christmas", closed: true }] },
      tour_rules: { duration_minutes: 45, types: { virtual: { needs_manager: false } } },
      resman_property_id: "rm-1",
      resman_source_id: "rm-2",
      resman_agent_id: "rm-3",
      resman_lost_reason_id: "rm-4",
      allowed_origins: ["https://www.birch.example", "http://localhost:3000"],
      chatbot_avatar_url: "https://www.birch.example/bot.png",
      chatbot_is_active: false,
      chatbot_welcome_message: "Hello!",
      chatbot_widget_settings: { rounded: true },
      chatbot_theme_color: "#2E7D32",
      chatbot_position: "bottom_left",
      chatbot_auto_open: true,
      chatbot_business_hours: { mon: [{ open: "09:00", close: "17:00" }] },
    };
    const created = await as(admin).post("/api/properties", full);
    expect(created.body.data).toMatchObject(full);
    const read = await as(admin).get(`/api/properties/${created.body.data.id}`);
    expect(read.body.data).toEqual(created.body.data);
  });

  it("lets the site's own origin in when none is named", async () => {
    const { admin } = await aCompany();
    const { body } = await as(admin).post("/api/properties", {
      ...draft,
      website_url: "https://www.birch.example/x",
    });
    expect(body.data.allowed_origins).toEqual(["https://www.birch.example"]);
    expect((await originsOf(body.data.id)).map(({ origin }) => origin)).toEqual([
      "https://www.birch.example",
    ]);
  });

  it("asks for the time zone where it does not follow from the state", async () => {
    const { admin } = await aCompany();
    const { status, body } = await as(admin).post("/api/properties", { ...draft, state: "Bavaria" });
    expect(status).toBe(422);
    expect(body.error.details).toMatchObject([{ field: "time_zone" }]);
  });

  it("lists every missing field at once", async () => {
    const { admin } = await aCompany();
    const { status, body } = await as(admin).post("/api/properties", {});
    expect(status).toBe(422);
    expect(body.error.code).toBe("MISSING_REQUIRED_FIELD");
    expect(body.error.details.map(({ field }: { field: string }) => field)).toEqual(Object.keys(draft));
  });

  it.each([
    ["time_zone", "Chicago"],
    ["phone", "12"],
    ["email", "nobody"],
    ["units_count", -1],
    ["website_url", "javascript:alert(1)"],
    ["office_hours", { mon: [{ open: "18:00", close: "09:00" }] }],
    ["tour_rules", { duration_minutes: 0 }],
    ["allowed_origins", ["https://maple.example/path"]],
    ["allowed_origins", "*"],
    ["chatbot_theme_color", "green"],
    ["chatbot_position", "middle"],
    ["chatbot_avatar_url", "bot.png"],
    ["name", "   "],
    ["zip_code", "<script>"],
  ])("refuses %s %j, naming the field", async (field, value) => {
    const { admin } = await aCompany();
    const { status, body } = await as(admin).post("/api/properties", { ...draft, [field]: value });
    expect(status).toBe(422);
    expect(body.error.details[0].field.split(".")[0]).toBe(field);
  });

  it("refuses a ResMan property that another live property already is", async () => {
    const { admin, property } = await aCompany();
    const taken = { ...draft, resman_property_id: property.resmanPropertyId };
    const { status, body } = await as(admin).post("/api/properties", taken);
    expect([status, body.error.code]).toEqual([409, "DUPLICATE_RECORD"]);
    const other = await aCompany();
    expect((await as(other.admin).post("/api/properties", taken)).status).toBe(201);
  });

  it("is for those who see the whole company", async () => {
    const { manager, agent } = await aCompany();
    expect((await as(manager).post("/api/properties", draft)).status).toBe(403);
    expect((await as(agent).post("/api/properties", draft)).status).toBe(403);
  });

  it("puts a platform admin's property into the company that was named", async () => {
    const { id } = await aCompany();
    const root = await aPlatformAdmin();
    expect((await as(root).post("/api/properties", draft)).status).toBe(422);
    const { body } = await as(root).post("/api/properties", draft, { "X-Company-Id": id });
    expect(body.data.company_id).toBe(id);
  });
});

describe("GET /api/properties", () => {
  it("shows the company's properties to its admin, and to others those they are assigned to", async () => {
    const { admin, manager, agent, viewer } = await aCompany();
    const seen = async (account: Parameters<typeof as>[0]) =>
      (await as(account).get("/api/properties")).body.data.map(({ name }: { name: string }) => name);
    expect(await seen(admin)).toEqual(["Maple Court", "Maple Heights"]);
    expect(await seen(manager)).toEqual(["Maple Court", "Maple Heights"]);
    expect(await seen(agent)).toEqual(["Maple Court"]);
    expect(await seen(viewer)).toEqual(["Maple Court"]);
  });

  it.each([
    ["q=BIRCH", 1],
    ["q=100%25", 0],
    ["city=austin", 1],
    ["state=tx", 1],
    ["property_type=condo", 1],
    ["chatbot_is_active=false", 1],
    ["chatbot_is_active=true&city=Chicago", 2],
    ["q=78701&city=Chicago", 0],
  ])("?%s finds %i", async (query, total) => {
    const { admin, company } = await aCompany();
    const more = { name: "Birch Park", city: "Austin", state: "TX", zipCode: "78701" };
    await aProperty(company, { ...more, propertyType: "Condo", chatbotIsActive: false });
    const { body } = await as(admin).get(`/api/properties?${query}`);
    expect([body.data.length, body.meta.pagination.total]).toEqual([total, total]);
  });

  it("pages in a total order", async () => {
    const { admin, company } = await aCompany();
    await aProperty(company, { name: "Maple Court" });
    const page = async (number: number) =>
      (await as(admin).get(`/api/properties?sort=-name&limit=2&page=${number}`)).body;
    const [first, second] = [await page(1), await page(2)];
    expect(first.meta.pagination).toEqual({ page: 1, limit: 2, total: 3, totalPages: 2 });
    expect(new Set([...first.data, ...second.data].map(({ id }) => id)).size).toBe(3);
    expect(first.data[0].name).toBe("Maple Heights");
  });

  it.each(["limit=101", "page=0", "sort=rent", "chatbot_is_active=perhaps"])("refuses ?%s", async (query) => {
    const { admin } = await aCompany();
    expect((await as(admin).get(`/api/properties?${query}`)).status).toBe(422);
  });
});

describe("GET /api/properties/:id", () => {
  it("answers alike for an unassigned, a foreign, an archived and a made-up property", async () => {
    const { agent, otherProperty, company } = await aCompany();
    const foreign = await aCompany();
    const archived = await aProperty(company, { deletedAt: new Date() });
    for (const id of [otherProperty.id, foreign.property.id, archived.id, "nothing"]) {
      const { status, body } = await as(agent).get(`/api/properties/${id}`);
      expect([status, body.error.code, body.error.message]).toEqual([
        404,
        "RECORD_NOT_FOUND",
        "Property not found",
      ]);
    }
  });
});

describe("PUT /api/properties/:id", () => {
  it("changes what it names, leaves the rest, and clears with null", async () => {
    const { admin, property } = await aCompany();
    const path = `/api/properties/${property.id}`;
    const { status, body, headers } = await as(admin).put(path, { name: "Maple Court II", phone: null });
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ name: "Maple Court II", phone: null, email: "office@maple.test" });
    expect(headers.get("etag")).toBe('"2"');
    expect((await as(admin).get(path)).body.data).toEqual(body.data);
  });

  it("cannot change the key, the ids or the company", async () => {
    const { admin, property, id } = await aCompany();
    const stranger = await aCompany();
    const { body } = await as(admin).put(`/api/properties/${property.id}`, {
      id: "other",
      company_id: stranger.id,
      embed_key: "pk_mine",
      chatbot_id: "mine",
      chatbot_embed_code: "<b>",
    });
    expect(body.data).toMatchObject({
      id: property.id,
      company_id: id,
      embed_key: property.embedKey,
      chatbot_id: property.chatbotId,
    });
  });

  it("keeps the origins that answer preflights in step", async () => {
    const { admin, property } = await aCompany();
    const origins = [`https://a-${property.id}.example`, `https://b-${property.id}.example`];
    await as(admin).put(`/api/properties/${property.id}`, { allowed_origins: [...origins, origins[0]] });
    expect((await originsOf(property.id)).map(({ origin }) => origin).toSorted()).toEqual(origins);
    const ask = {
      method: "OPTIONS",
      headers: { Origin: origins[0]!, "Access-Control-Request-Method": "POST" },
    };
    const preflight = await anonymous().fetch("/api/conversations", ask);
    expect(preflight.headers.get("access-control-allow-origin")).toBe(origins[0]);
    await as(admin).put(`/api/properties/${property.id}`, { allowed_origins: [] });
    expect(await originsOf(property.id)).toEqual([]);
  });

  it("refuses a stale If-Match and writes nothing then", async () => {
    const { admin, property } = await aCompany();
    const path = `/api/properties/${property.id}`;
    expect((await as(admin).put(path, { name: "First" }, { "If-Match": '"1"' })).status).toBe(200);
    const late = await as(admin).put(path, { name: "Second" }, { "If-Match": '"1"' });
    expect([late.status, late.body.error.code]).toEqual([412, "PRECONDITION_FAILED"]);
    expect((await as(admin).get(path)).body.data.name).toBe("First");
  });

  it("lets the manager of a property change it, a reader not, and nobody an unassigned one", async () => {
    const { manager, viewer, agent, property, company } = await aCompany();
    const hidden = await aProperty(company);
    expect((await as(manager).put(`/api/properties/${property.id}`, { name: "Mine" })).status).toBe(200);
    expect((await as(manager).put(`/api/properties/${hidden.id}`, { name: "Mine" })).status).toBe(404);
    expect((await as(viewer).put(`/api/properties/${property.id}`, { name: "Mine" })).status).toBe(403);
    expect((await as(agent).put(`/api/properties/${property.id}`, { name: "Mine" })).status).toBe(403);
  });

  it("refuses a manager who may only read there", async () => {
    const { manager, property } = await aCompany();
    await db
      .update(propertyAssignments)
      .set({ accessLevel: "read" })
      .where(
        and(
          eq(propertyAssignments.managerId, manager.managerId),
          eq(propertyAssignments.propertyId, property.id),
        ),
      );
    const { status, body } = await as(manager).put(`/api/properties/${property.id}`, { name: "Mine" });
    expect([status, body.error.code]).toEqual([403, "INSUFFICIENT_PERMISSIONS"]);
  });

  it("leaves an audit row with what was and what was asked", async () => {
    const { admin, property } = await aCompany();
    await as(admin).put(`/api/properties/${property.id}`, { city: "Evanston" });
    const [row] = await db.select().from(auditLog).where(eq(auditLog.recordId, property.id));
    expect(row).toMatchObject({ action: "update", actorId: admin.id, after: { city: "Evanston" } });
    expect(row?.before).toMatchObject({ city: "Chicago" });
  });
});

describe("DELETE /api/properties/:id", () => {
  it("is not archived under a conversation that opens at that moment", async () => {
    const company = await aCompany();
    for (let time = 0; time < 8; time += 1) {
      const property = await aProperty(company.company);
      const [gone, opened] = await Promise.all([
        as(company.admin).delete(`/api/properties/${property.id}`),
        as(company.admin).post("/api/conversations", { property_id: property.id }),
      ]);
      expect([
        [200, 404],
        [409, 201],
      ]).toContainEqual([gone.status, opened.status]);
    }
  });

  it("archives a property with its origins and assignments, and its key opens nothing", async () => {
    const { admin, property } = await aCompany();
    const { status, body } = await as(admin).delete(`/api/properties/${property.id}`);
    expect(status).toBe(200);
    expect(body.data).toEqual({ id: property.id, deleted_at: expect.stringMatching(/Z$/) });
    expect((await as(admin).get(`/api/properties/${property.id}`)).status).toBe(404);
    expect((await as(admin).get("/api/properties")).body.meta.pagination.total).toBe(1);
    expect(await originsOf(property.id)).toEqual([]);
    const left = await db
      .select()
      .from(propertyAssignments)
      .where(eq(propertyAssignments.propertyId, property.id));
    expect(left).toEqual([]);
    const visit = { embed_key: property.embedKey };
    expect((await anonymous().post("/api/users/browser/browser-1/session", visit)).status).toBe(404);
    expect((await as(admin).delete(`/api/properties/${property.id}`)).status).toBe(404);
  });

  it("frees its ResMan id for a property that takes its place", async () => {
    const { admin, property } = await aCompany();
    await as(admin).delete(`/api/properties/${property.id}`);
    const heir = { ...draft, resman_property_id: property.resmanPropertyId };
    expect((await as(admin).post("/api/properties", heir)).status).toBe(201);
  });

  it("counts the conversations, leads and tours that keep it", async () => {
    const { admin, property } = await aCompany();
    await aConversation(property);
    await aConversation(property, { deletedAt: new Date() });
    await aLead(property);
    await aLead(property);
    await aTour(property);
    await aTour(property, { status: "cancelled" });
    const { status, body } = await as(admin).delete(`/api/properties/${property.id}`);
    expect([status, body.error.code]).toEqual([409, "CONFLICT"]);
    expect(body.error.details).toEqual({ conversations: 1, leads: 2, tours: 1 });
  });

  it("is for those who see the whole company", async () => {
    const { manager, property } = await aCompany();
    expect((await as(manager).delete(`/api/properties/${property.id}`)).status).toBe(403);
  });
});
