import { and, eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { leads } from "../../src/db/schema/conversations.ts";
import { mails, outbox } from "../../src/db/schema/outgoing.ts";
import { statusEntities } from "../../src/db/schema/status.ts";
import { tours } from "../../src/db/schema/tours.ts";
import { type Api, as, asKnownVisitor, asVisitor } from "../support/api.ts";
import {
  aCompany,
  aConversation,
  aManager,
  anAssignment,
  aProperty,
  aVisitor,
  db,
  everyDay,
} from "../support/factories.ts";
import type { Property, TestCompany } from "../support/factories.ts";

type Slot = { starts_at: string; date: string; time: string; staff_member: string; duration: number };

async function slotsOf(api: Api, propertyId: string, query = ""): Promise<Slot[]> {
  const answer = await api.get(`/api/tours/availability/${propertyId}${query}`);
  expect(answer.status).toBe(200);
  return answer.body.data.available_slots;
}

function wish(property: Property, conversationId: string, slot: Slot, more: object = {}) {
  return {
    conversation_id: conversationId,
    tour_data: {
      prospect_name: "Robin Field",
      prospect_email: "robin.field@example.test",
      prospect_phone: "+13125550123",
      tour_type: "in_person",
      preferred_date: slot.date,
      preferred_time: slot.time,
      property_id: property.id,
      ...more,
    },
  };
}

/** A visitor with a conversation at the company's property. */
async function aGuest({ property }: Pick<TestCompany, "property">) {
  const visitor = await aVisitor(property);
  const conversation = await aConversation(property, { userId: visitor.id });
  return { visitor, conversation, api: asKnownVisitor(visitor) };
}

async function aBookedTour(company: TestCompany, slotIndex = 3) {
  const guest = await aGuest(company);
  const slots = await slotsOf(guest.api, company.property.id);
  const slot = slots[slotIndex]!;
  const answer = await guest.api.post(
    "/api/resman/tours/book",
    wish(company.property, guest.conversation.id, slot),
  );
  expect(answer.status).toBe(201);
  return { ...guest, slot, slots, tourId: answer.body.data.appointment_id as string };
}

async function statusOf(entityType: string, entityId: string): Promise<string | undefined> {
  const [row] = await db
    .select()
    .from(statusEntities)
    .where(and(eq(statusEntities.entityType, entityType), eq(statusEntities.entityId, entityId)));
  return row?.currentStatus;
}

const mailsOf = (companyId: string) => db.select().from(mails).where(eq(mails.companyId, companyId));

describe("GET /api/tours/availability/:propertyId", () => {
  it("answers the coming week in the property's zone, with the moment in UTC", async () => {
    const { admin, property } = await aCompany();
    const slots = await slotsOf(as(admin), property.id);
    expect(slots.length).toBeGreaterThan(50);
    const slot = slots.at(-1)!;
    const local = new Intl.DateTimeFormat("en-CA", {
      timeZone: "America/Chicago",
      dateStyle: "short",
      timeStyle: "short",
      hourCycle: "h23",
    }).format(new Date(slot.starts_at));
    expect(local).toBe(`${slot.date}, ${slot.time}`);
    expect(slot).toMatchObject({ duration: 30, staff_member: "Leasing team", time: "17:30" });
  });

  it("names the manager whose hours allow the time, and nobody's time else", async () => {
    const { admin, company, property } = await aCompany();
    const hours = Object.fromEntries(
      Object.keys(everyDay).map((day) => [day, [{ open: "10:00", close: "11:00" }]]),
    );
    await anAssignment(property, await aManager(company, { firstName: "Ann", lastName: "Reed", hours }));
    const slots = await slotsOf(as(admin), property.id);
    expect(new Set(slots.map((slot) => `${slot.time} ${slot.staff_member}`))).toEqual(
      new Set(["10:00 Ann Reed", "10:30 Ann Reed"]),
    );
  });

  it("tells the next date with a free time when the asked ones have none", async () => {
    const { admin, company } = await aCompany();
    const property = await aProperty(company, { officeHours: { mon: [{ open: "09:00", close: "10:00" }] } });
    const sunday = new Date(Date.now() + 14 * 86_400_000);
    sunday.setUTCDate(sunday.getUTCDate() + 7 - sunday.getUTCDay());
    const date = sunday.toISOString().slice(0, 10);
    const { body } = await as(admin).get(`/api/tours/availability/${property.id}?date=${date}`);
    const monday = new Date(sunday.getTime() + 86_400_000).toISOString().slice(0, 10);
    expect(body.data).toMatchObject({ available_slots: [], next_available_date: monday });
  });

  it("knows no property of another company, nor one the caller is not assigned to", async () => {
    const [mine, theirs] = await Promise.all([aCompany(), aCompany()]);
    const statusFor = async (api: Api, id: string) => (await api.get(`/api/tours/availability/${id}`)).status;
    expect(await statusFor(as(mine.admin), theirs.property.id)).toBe(404);
    expect(await statusFor(as(mine.agent), mine.otherProperty.id)).toBe(404);
    expect(await statusFor(await asVisitor(mine, mine.property), mine.otherProperty.id)).toBe(404);
  });
});

describe("GET /api/resman/tours/availability", () => {
  it("answers one day", async () => {
    const { admin, property } = await aCompany();
    const date = (await slotsOf(as(admin), property.id)).at(-1)!.date;
    const { status, body } = await as(admin).get(
      `/api/resman/tours/availability?property_id=${property.id}&date=${date}&tour_type=virtual`,
    );
    expect(status).toBe(200);
    expect(body.data.available_slots).toHaveLength(18);
    expect(new Set(body.data.available_slots.map((slot: Slot) => slot.date))).toEqual(new Set([date]));
  });
});

describe("POST /api/resman/tours/book", () => {
  it("books the time at the property's clock and says what the prospect needs to know", async () => {
    const company = await aCompany();
    const { api, conversation } = await aGuest(company);
    const slot = (await slotsOf(api, company.property.id)).at(-1)!;
    const { status, body } = await api.post(
      "/api/resman/tours/book",
      wish(company.property, conversation.id, slot, { preferred_time: "5:30 PM" }),
    );
    expect(status).toBe(201);
    expect(body.data).toMatchObject({
      staff_member: "Leasing team",
      confirmation_details: {
        location: "100 Main Street, Chicago, IL 60601",
        instructions: expect.any(String),
      },
    });
    expect(body.data.confirmed_datetime).toMatch(new RegExp(`^${slot.date}T17:30:00-0[56]:00$`));
    expect(new Date(body.data.confirmed_datetime).toISOString()).toBe(slot.starts_at);
    const times = (await slotsOf(api, company.property.id, `?date=${slot.date}`)).map(
      (free) => free.starts_at,
    );
    expect(times).not.toContain(slot.starts_at);
  });

  it("commits everything that must follow with the tour", async () => {
    const company = await aCompany();
    const { tourId } = await aBookedTour(company);
    const rows = await db.select().from(outbox).where(eq(outbox.companyId, company.id));
    const work = rows.map((row) => `${row.topic} ${String(row.payload["kind"])}`);
    expect(work).toEqual(
      expect.arrayContaining([
        "resman-sync tour",
        "notifications mail",
        "notifications staff_notice",
        "projections tour_booked",
        "projections lead_facts",
      ]),
    );
    const [mail] = await mailsOf(company.id);
    expect(mail).toMatchObject({ toAddress: "robin.field@example.test", fromName: "Maple Court" });
    const invite = atob(mail!.attachments[0]!.content);
    expect(invite).toContain("METHOD:REQUEST");
    expect(invite).toContain(tourId);
  });

  it("makes the tour scheduled, and its lead too", async () => {
    const company = await aCompany();
    const { tourId } = await aBookedTour(company);
    const [tour] = await db.select().from(tours).where(eq(tours.id, tourId));
    expect(await statusOf("tour", tourId)).toBe("scheduled");
    expect(await statusOf("lead", tour!.leadId!)).toBe("tour_scheduled");
    const [lead] = await db.select().from(leads).where(eq(leads.id, tour!.leadId!));
    expect(lead).toMatchObject({ firstName: "Robin", lastName: "Field", email: "robin.field@example.test" });
  });

  it("gives one place to one of many at once; the others are offered at least three other times", async () => {
    const company = await aCompany();
    const guests = await Promise.all(Array.from({ length: 12 }, () => aGuest(company)));
    const slot = (await slotsOf(guests[0]!.api, company.property.id))[4]!;
    const answers = await Promise.all(
      guests.map(({ api, conversation }) =>
        api.post("/api/resman/tours/book", wish(company.property, conversation.id, slot)),
      ),
    );
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    const refused = answers.filter((answer) => answer.status === 409);
    expect(refused).toHaveLength(11);
    for (const { body } of refused) {
      expect(body.error.code).toBe("TOUR_UNAVAILABLE");
      expect(body.error.details.alternatives.length).toBeGreaterThanOrEqual(3);
      expect(body.error.details.alternatives.map((other: Slot) => other.starts_at)).not.toContain(
        slot.starts_at,
      );
    }
    const rows = await db.select().from(tours).where(eq(tours.propertyId, company.property.id));
    expect(rows).toHaveLength(1);
  });

  it("books nothing twice when a conversation asks again for the same time", async () => {
    const company = await aCompany();
    const { api, conversation } = await aGuest(company);
    const slot = (await slotsOf(api, company.property.id))[4]!;
    const body = wish(company.property, conversation.id, slot);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => api.post("/api/resman/tours/book", body)),
    );
    expect(new Set(answers.map((answer) => answer.body.data?.appointment_id)).size).toBe(1);
    expect((await api.post("/api/resman/tours/book", body)).status).toBe(201);
    expect(await mailsOf(company.id)).toHaveLength(1);
  });

  it("refuses times the office is closed, the clock skips, or that are too soon", async () => {
    const company = await aCompany();
    const { api, conversation } = await aGuest(company);
    const slot = (await slotsOf(api, company.property.id)).at(-1)!;
    const book = (more: object) =>
      api.post("/api/resman/tours/book", wish(company.property, conversation.id, slot, more));
    expect((await book({ preferred_time: "20:00" })).body.error.code).toBe("TOUR_UNAVAILABLE");
    expect((await book({ preferred_date: "2020-01-02" })).body.error.code).toBe("TOUR_UNAVAILABLE");
    const skipped = await book({ preferred_date: "2027-03-14", preferred_time: "02:30" });
    expect(skipped.status).toBe(422);
    expect(skipped.body.error.details[0].field).toBe("tour_data.preferred_time");
  });

  it("knows no conversation but the visitor's own", async () => {
    const company = await aCompany();
    const [one, two] = await Promise.all([aGuest(company), aGuest(company)]);
    const slot = (await slotsOf(one.api, company.property.id))[4]!;
    const answer = await one.api.post(
      "/api/resman/tours/book",
      wish(company.property, two.conversation.id, slot),
    );
    expect(answer.status).toBe(404);
  });

  it("is not for accounts that may only read", async () => {
    const company = await aCompany();
    const conversation = await aConversation(company.property);
    const slot = (await slotsOf(as(company.viewer), company.property.id))[4]!;
    const answer = await as(company.viewer).post(
      "/api/resman/tours/book",
      wish(company.property, conversation.id, slot),
    );
    expect(answer.status).toBe(403);
  });
});

describe("POST /api/tours/holds", () => {
  it("keeps the time for its holder, who books it without further ado", async () => {
    const company = await aCompany();
    const [one, two] = await Promise.all([aGuest(company), aGuest(company)]);
    const slot = (await slotsOf(one.api, company.property.id))[6]!;
    const draft = { property_id: company.property.id, starts_at: slot.starts_at };
    const held = await one.api.post("/api/tours/holds", draft);
    expect(held.status).toBe(201);
    expect(Date.parse(held.body.data.expires_at) - Date.now()).toBeGreaterThan(280_000);
    expect((await slotsOf(two.api, company.property.id)).map((free) => free.starts_at)).not.toContain(
      slot.starts_at,
    );
    expect((await two.api.post("/api/tours/holds", draft)).body.error.code).toBe("TOUR_UNAVAILABLE");
    const book = ({ api, conversation }: typeof one) =>
      api.post("/api/resman/tours/book", wish(company.property, conversation.id, slot));
    expect((await book(two)).status).toBe(409);
    expect((await book(one)).status).toBe(201);
  });
});

describe("PUT /api/tours/:id/cancel", () => {
  it("frees the time and tells the prospect once, however often it is cancelled", async () => {
    const company = await aCompany();
    const { api, tourId, slot } = await aBookedTour(company);
    const first = await api.put(`/api/tours/${tourId}/cancel`, { reason: "Found another place" });
    expect(first.body.data).toMatchObject({ status: "cancelled", cancel_reason: "Found another place" });
    expect((await api.put(`/api/tours/${tourId}/cancel`, {})).status).toBe(200);
    expect((await slotsOf(api, company.property.id)).map((free) => free.starts_at)).toContain(slot.starts_at);
    const invites = (await mailsOf(company.id)).map((mail) => atob(mail.attachments[0]!.content));
    expect(invites.filter((invite) => invite.includes("METHOD:CANCEL"))).toHaveLength(1);
  });

  it("brings the lead back to qualified, and the same time can be booked again", async () => {
    const company = await aCompany();
    const { api, tourId, slot, conversation } = await aBookedTour(company);
    await api.put(`/api/tours/${tourId}/cancel`, {});
    const [tour] = await db.select().from(tours).where(eq(tours.id, tourId));
    expect(await statusOf("tour", tourId)).toBe("cancelled");
    expect(await statusOf("lead", tour!.leadId!)).toBe("qualified");
    const again = await api.post("/api/resman/tours/book", wish(company.property, conversation.id, slot));
    expect(again.status).toBe(201);
    expect(again.body.data.appointment_id).not.toBe(tourId);
  });

  it("is for one's own tours: another visitor's, and another company's, are not there", async () => {
    const [company, other] = await Promise.all([aCompany(), aCompany()]);
    const { tourId } = await aBookedTour(company);
    const stranger = await asVisitor(company, company.property);
    for (const api of [stranger, as(other.admin)])
      expect((await api.put(`/api/tours/${tourId}/cancel`, {})).status).toBe(404);
    expect((await as(company.viewer).put(`/api/tours/${tourId}/cancel`, {})).status).toBe(403);
  });
});

describe("PUT /api/tours/:id/reschedule", () => {
  it("moves the tour, frees the old time and raises the invitation's sequence", async () => {
    const company = await aCompany();
    const { api, tourId, slot, slots } = await aBookedTour(company);
    const to = slots[8]!.starts_at;
    const answer = await api.put(`/api/tours/${tourId}/reschedule`, { tour_datetime: to });
    expect(answer.body.data).toMatchObject({ id: tourId, tour_datetime: to, status: "scheduled" });
    const free = (await slotsOf(api, company.property.id)).map((one) => one.starts_at);
    expect(free).toContain(slot.starts_at);
    expect(free).not.toContain(to);
    const invites = (await mailsOf(company.id)).map((mail) => atob(mail.attachments[0]!.content));
    expect(invites.some((invite) => invite.includes("SEQUENCE:2"))).toBe(true);
  });

  it("changes nothing when the new time is taken", async () => {
    const company = await aCompany();
    const one = await aBookedTour(company, 3);
    const two = await aBookedTour(company, 8);
    const answer = await two.api.put(`/api/tours/${two.tourId}/reschedule`, {
      tour_datetime: one.slot.starts_at,
    });
    expect(answer.body.error.code).toBe("TOUR_UNAVAILABLE");
    const { body } = await two.api.get(`/api/tours/${two.tourId}`);
    expect(body.data.tour_datetime).toBe(two.slot.starts_at);
  });

  it("refuses a stale If-Match and a cancelled tour", async () => {
    const company = await aCompany();
    const { api, tourId, slots } = await aBookedTour(company);
    const move = { tour_datetime: slots[8]!.starts_at };
    const stale = await api.put(`/api/tours/${tourId}/reschedule`, move, { "if-match": '"7"' });
    expect(stale.status).toBe(412);
    await api.put(`/api/tours/${tourId}/cancel`, {});
    const late = await api.put(`/api/tours/${tourId}/reschedule`, move);
    expect(late.status).toBe(409);
    expect(late.body.error).toMatchObject({
      code: "INVALID_STATUS_TRANSITION",
      details: { current_status: "cancelled", requested_status: "scheduled", allowed_transitions: [] },
    });
  });
});

describe("GET /api/tours", () => {
  it("lists staff the tours of their properties, and visitors their own", async () => {
    const company = await aCompany();
    const one = await aBookedTour(company, 3);
    const two = await aBookedTour(company, 8);
    const ids = async (api: Api, query = "") =>
      (await api.get(`/api/tours${query}`)).body.data.map((tour: { id: string }) => tour.id);
    expect(await ids(as(company.agent))).toEqual([one.tourId, two.tourId]);
    expect(await ids(as(company.agent), "?sort=-tour_datetime&limit=1")).toEqual([two.tourId]);
    expect(await ids(one.api)).toEqual([one.tourId]);
    await two.api.put(`/api/tours/${two.tourId}/cancel`, {});
    expect(await ids(as(company.agent), "?status=cancelled")).toEqual([two.tourId]);
  });
});
