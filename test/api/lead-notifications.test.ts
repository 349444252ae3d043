import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { leadNotifications, mails } from "../../src/db/schema/outgoing.ts";
import { as } from "../support/api.ts";
import { deliverAll } from "../support/deliver.ts";
import {
  aCompany,
  aConversation,
  aLead,
  aManager,
  aNotification,
  db,
  type TestCompany,
} from "../support/factories.ts";

let company: TestCompany;
beforeEach(async () => {
  company = await aCompany();
});

const base = "/api/lead-notifications";

async function ids(path: string, account = company.admin): Promise<string[]> {
  const { body } = await as(account).get(path);
  return body.data.map(({ id }: { id: string }) => id);
}

function enter(draft: object = {}, account = company.manager) {
  return as(account).post(base, {
    property_id: company.property.id,
    property_manager_id: company.agent.managerId,
    notification_type: "price_change",
    title: "Rents go up",
    ...draft,
  });
}

/** What the agent finds in his list. */
async function listOf(account: TestCompany["agent"]): Promise<{ id: string; title: string }[]> {
  const { body } = await as(account).get(`/api/property-managers/${account.managerId}/notifications`);
  return body.data;
}

describe("a notification entered by hand", () => {
  it("waits until it is sent, and is in nobody's list before", async () => {
    const { status, body } = await enter();
    expect(status).toBe(201);
    expect(body.data).toMatchObject({
      status: "pending",
      title: "Rents go up",
      body: "Rents go up",
      in_app: false,
      sent_at: null,
      deliveries: [],
    });
    expect(await listOf(company.agent)).toEqual([]);
    const sent = await as(company.manager).post(`${base}/${body.data.id}/send`, {});
    expect(sent.body.data).toMatchObject({ status: "sent", in_app: true });
    expect(await listOf(company.agent)).toMatchObject([{ id: body.data.id, title: "Rents go up" }]);
  });

  it("says its type in words where nobody gave it a title", async () => {
    const { body } = await enter({ title: undefined, notification_type: "tour_booked" });
    expect(body.data).toMatchObject({ title: "New tour", body: "New tour" });
  });

  it("belongs to the property of what it is about", async () => {
    const conversation = await aConversation(company.property);
    const { body } = await enter({ property_id: undefined, conversation_id: conversation.id });
    expect(body.data).toMatchObject({
      property_id: company.property.id,
      conversation_id: conversation.id,
    });
    const elsewhere = await aLead(company.otherProperty);
    const mixed = await enter({ conversation_id: conversation.id, lead_id: elsewhere.id });
    expect(mixed.body.error.details[0]).toMatchObject({ field: "lead_id" });
    expect((await enter({ property_id: undefined })).status).toBe(422);
  });

  it("is for people of the property only", async () => {
    const stranger = await aManager(company.company);
    expect((await enter({ property_manager_id: stranger.id })).status).toBe(404);
  });

  it("changes as long as nobody was told, and honours the version seen", async () => {
    const { body, headers } = await enter();
    const path = `${base}/${body.data.id}`;
    const match = { "if-match": headers.get("etag")! };
    const changed = await as(company.manager).put(path, { title: "Rents go down" }, match);
    expect(changed.body.data.title).toBe("Rents go down");
    expect((await as(company.manager).put(path, { title: "No" }, match)).status).toBe(412);
    await as(company.manager).post(`${path}/send`, {});
    const late = await as(company.manager).put(path, { title: "Too late" });
    expect(late.status).toBe(409);
    expect(late.body.error.details).toEqual({ status: "sent" });
  });

  it("for nobody in particular goes to everybody who hears of the property, once", async () => {
    const { body } = await enter({ property_manager_id: null });
    const path = `${base}/${body.data.id}/send`;
    await as(company.manager).post(path, {});
    await as(company.manager).post(path, {});
    for (const account of [company.manager, company.agent, company.viewer])
      expect(await listOf(account)).toMatchObject([{ title: "Rents go up" }]);
    expect((await as(company.manager).get(`${base}/${body.data.id}`)).body.data.status).toBe("sent");
  });

  it("for nobody in particular takes no channels, and does not count as sent where nobody hears of it", async () => {
    const { body } = await enter({ property_manager_id: null });
    const path = `${base}/${body.data.id}/send`;
    const named = await as(company.manager).post(path, { channels: ["sms"] });
    expect([named.status, named.body.error.details[0].field]).toEqual([422, "channels"]);
    for (const { managerId } of [company.manager, company.agent, company.viewer])
      await as(company.admin).put(`${base}/preferences/${managerId}`, {
        channels: { price_change: { in_app: false } },
      });
    expect((await as(company.manager).post(path, {})).status).toBe(409);
    expect((await as(company.manager).get(`${base}/${body.data.id}`)).body.data).toMatchObject({
      status: "pending",
      sent_at: null,
    });
  });

  it("that was archived is gone from every list", async () => {
    const { body } = await enter();
    await as(company.manager).post(`${base}/${body.data.id}/send`, {});
    expect((await as(company.manager).delete(`${base}/${body.data.id}`)).status).toBe(200);
    expect(await listOf(company.agent)).toEqual([]);
    expect((await as(company.manager).get(`${base}/${body.data.id}`)).status).toBe(404);
  });
});

describe("sending", () => {
  it("goes by the channels named, each once however often it is asked for", async () => {
    const { body } = await enter();
    const path = `${base}/${body.data.id}/send`;
    const wanted = { channels: ["email", "sms"] };
    const sent = await as(company.manager).post(path, wanted);
    expect(sent.body.data).toMatchObject({
      in_app: false,
      deliveries: [
        { channel: "email", to: company.agent.email },
        { channel: "sms", to: "+13125550111" },
      ],
    });
    await deliverAll(company.id, "notifications");
    await Promise.all([as(company.manager).post(path, wanted), as(company.manager).post(path, wanted)]);
    await deliverAll(company.id, "notifications");
    expect(await db.select().from(mails).where(eq(mails.companyId, company.id))).toHaveLength(1);
    const { body: after } = await as(company.manager).get(`${base}/${body.data.id}`);
    expect(after.data).toMatchObject({
      status: "sent",
      deliveries: [{ status: "sent" }, { status: "kept" }],
    });
  });

  it("is refused where its reader wants to hear of it by no channel", async () => {
    await as(company.agent).put(`${base}/preferences/${company.agent.managerId}`, {
      channels: { price_change: { in_app: false } },
    });
    const { body } = await enter();
    const refused = await as(company.manager).post(`${base}/${body.data.id}/send`, {});
    expect(refused.status).toBe(409);
    const named = await as(company.manager).post(`${base}/${body.data.id}/send`, { channels: ["in_app"] });
    expect(named.body.data).toMatchObject({ status: "sent", in_app: true });
  });

  it("is the managers' right", async () => {
    const { body } = await enter();
    expect((await enter({}, company.agent as TestCompany["manager"])).status).toBe(403);
    expect((await as(company.agent).post(`${base}/${body.data.id}/send`, {})).status).toBe(403);
    expect((await as(company.agent).delete(`${base}/${body.data.id}`)).status).toBe(403);
  });
});

describe("reading and responding", () => {
  it("keeps the first time of each, and the response's words", async () => {
    const { managerId } = company.agent;
    const { id } = await aNotification(company.property, { propertyManagerId: managerId });
    const agent = as(company.agent);
    const read = await agent.put(`${base}/${id}/read`);
    expect(read.body.data).toMatchObject({ status: "read", response_at: null });
    const again = await agent.put(`${base}/${id}/read`);
    expect(again.body.data.read_at).toBe(read.body.data.read_at);
    const responded = await agent.put(`${base}/${id}/respond`, { note: "Called back" });
    expect(responded.body.data).toMatchObject({
      status: "responded",
      read_at: read.body.data.read_at,
      response_note: "Called back",
    });
    const later = await agent.put(`${base}/${id}/respond`, { note: "Called again" });
    expect(later.body.data).toMatchObject({
      response_at: responded.body.data.response_at,
      response_note: "Called again",
    });
    expect((await agent.put(`${base}/${id}/read`)).body.data.status).toBe("responded");
  });

  it("counts what is unread right, whoever reads at the same time", async () => {
    const { managerId } = company.agent;
    const notices = await Promise.all(
      Array.from({ length: 8 }, () => aNotification(company.property, { propertyManagerId: managerId })),
    );
    const count = async () => (await as(company.agent).get(`${base}/unread/${managerId}`)).body.data;
    expect(await count()).toEqual({ property_manager_id: managerId, unread: 8, by_type: { new_lead: 8 } });
    const read = notices.slice(0, 5).flatMap(({ id }) => [id, id]);
    await Promise.all(read.map((id) => as(company.agent).put(`${base}/${id}/read`)));
    expect(await count()).toMatchObject({ unread: 3 });
    await as(company.agent).post(`/api/property-managers/${managerId}/notifications/mark-read`, {});
    expect(await count()).toEqual({ property_manager_id: managerId, unread: 0, by_type: {} });
  });
});

describe("who sees which", () => {
  it("people their own, those who manage notifications all of their properties", async () => {
    const own = await aNotification(company.property, { propertyManagerId: company.agent.managerId });
    const other = await aNotification(company.property, { propertyManagerId: company.manager.managerId });
    const hidden = await aNotification(company.otherProperty, {
      propertyManagerId: company.manager.managerId,
    });
    expect(await ids(base, company.agent)).toEqual([own.id]);
    expect(await ids(base, company.viewer)).toEqual([]);
    expect((await ids(base, company.manager)).toSorted()).toEqual([own.id, other.id, hidden.id].toSorted());
    expect((await as(company.agent).get(`${base}/${other.id}`)).status).toBe(404);
    expect((await as(company.agent).put(`${base}/${other.id}/read`)).status).toBe(404);
    const count = await as(company.agent).get(`${base}/unread/${company.manager.managerId}`);
    expect(count.status).toBe(403);
  });

  it("finds by every filter", async () => {
    const [conversation, lead] = [await aConversation(company.property), await aLead(company.property)];
    const one = await aNotification(company.property, {
      propertyManagerId: company.agent.managerId,
      conversationId: conversation.id,
      leadId: lead.id,
      notificationType: "odd_thing",
      status: "read",
      readAt: new Date(),
      title: "100% odd",
      createdAt: new Date("2026-01-01T00:00:00Z"),
    });
    const two = await aNotification(company.otherProperty);
    expect(await ids(base)).toEqual([two.id, one.id]);
    for (const query of [
      `property_id=${company.property.id}`,
      `property_manager_id=${company.agent.managerId}`,
      `conversation_id=${conversation.id}`,
      `lead_id=${lead.id}`,
      "notification_type=odd_thing",
      "status=read",
      "unread=false",
      `q=${encodeURIComponent("100% ODD")}`,
      "to=2026-02-01T00:00:00Z",
    ])
      expect(await ids(`${base}?${query}`), query).toEqual([one.id]);
    expect(await ids(`${base}?unread=true`)).toEqual([two.id]);
    expect(await ids(`${base}?from=2026-02-01T00:00:00Z`)).toEqual([two.id]);
    expect(await ids(`${base}?sort=created_at`)).toEqual([one.id, two.id]);
  });
});

describe("preferences", () => {
  const path = () => `${base}/preferences/${company.agent.managerId}`;

  it("begin with the usual, type by type", async () => {
    const { body, headers } = await as(company.agent).get(path());
    expect(headers.get("etag")).toBe('"0"');
    expect(body.data).toMatchObject({
      channels: {
        tour_booked: { in_app: true, email: false, sms: false },
        handoff_requested: { in_app: true, email: true, sms: false },
      },
      quiet_hours: null,
      time_zone: null,
      updated_at: null,
    });
    expect(body.data.mandatory).toContain("handoff_requested");
    expect(body.data.labels.tour_booked).toBe("New tour");
  });

  it("change where they are named, and go back to the usual", async () => {
    const agent = as(company.agent);
    await agent.put(path(), {
      channels: { tour_booked: { email: true }, my_own_type: { sms: true } },
      quiet_hours: { from: "21:00", to: "08:00" },
      time_zone: "America/Denver",
    });
    const { body } = await agent.put(path(), {
      channels: { tour_booked: { sms: true, email: null } },
      quiet_hours: null,
    });
    expect(body.data).toMatchObject({
      channels: {
        tour_booked: { in_app: true, email: false, sms: true },
        my_own_type: { in_app: true, email: false, sms: true },
      },
      quiet_hours: null,
      time_zone: "America/Denver",
    });
  });

  it("cannot switch off what is mandatory", async () => {
    const refused = await as(company.agent).put(path(), {
      channels: { handoff_requested: { in_app: false, sms: false } },
    });
    expect(refused.status).toBe(422);
    expect(refused.body.error.details).toMatchObject([
      { field: "channels.handoff_requested.in_app", message: "cannot be switched off" },
    ]);
  });

  it.each([
    { quiet_hours: { from: "25:00", to: "08:00" } },
    { time_zone: "Mars/Olympus" },
    { channels: { "Tour Booked": { email: true } } },
    { channels: { tour_booked: { fax: true } } },
  ])("refuse %j", async (wrong) => {
    expect((await as(company.agent).put(path(), wrong)).status).toBe(422);
  });

  it("name no more types than anybody needs, however often they are changed", async () => {
    const types = (letter: string) =>
      Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`${letter}_${i}`, { sms: true }]));
    expect((await as(company.agent).put(path(), { channels: types("a") })).status).toBe(200);
    const { status, body } = await as(company.agent).put(path(), { channels: types("b") });
    expect([status, body.error.details[0].field]).toEqual([422, "channels"]);
  });

  it("are changed by the person and by those over him, and looked at by nobody else", async () => {
    expect((await as(company.manager).put(path(), { quiet_hours: null })).status).toBe(200);
    const managers = `${base}/preferences/${company.manager.managerId}`;
    expect((await as(company.agent).get(managers)).status).toBe(403);
    expect((await as(company.agent).put(managers, { quiet_hours: null })).status).toBe(403);
    const viewers = `${base}/preferences/${company.viewer.managerId}`;
    expect((await as(company.viewer).put(viewers, { quiet_hours: null })).status).toBe(200);
  });

  it("of two at once lose nobody's choice unseen", async () => {
    const agent = as(company.agent);
    const { headers } = await agent.put(path(), { time_zone: "America/Denver" });
    const match = { "if-match": headers.get("etag")! };
    const answers = await Promise.all(
      ["a_type", "b_type"].map((type) => agent.put(path(), { channels: { [type]: { sms: true } } }, match)),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412]);
  });
});

it("leaves an audit row for every change", async () => {
  const { body } = await enter();
  await as(company.manager).post(`${base}/${body.data.id}/send`, {});
  await as(company.agent).put(`${base}/${body.data.id}/read`);
  const log = await as(company.admin).get(
    `/api/audit-log?record_type=lead_notification&record_id=${body.data.id}`,
  );
  expect(log.body.data.map(({ action }: { action: string }) => action)).toEqual([
    "mark_read",
    "send",
    "create",
  ]);
  expect(
    await db.select().from(leadNotifications).where(eq(leadNotifications.id, body.data.id)),
  ).toHaveLength(1);
});
