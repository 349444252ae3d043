import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestHarness } from "wrangler";
import type { LeadForPms, Pms, TourForPms } from "../../src/integrations/pms.ts";
import { resmanPms } from "../../src/integrations/resman/resman-pms.ts";
import { countingFetch, UpstreamError } from "../../src/integrations/vendor.ts";
import { cedarGrove, mapleCourt, partner } from "../sandbox/resman/seed.ts";

const sandbox = createTestHarness({ workers: [{ configPath: "test/sandbox/wrangler.toml" }] });
let origin = "";

beforeAll(async () => {
  origin = (await sandbox.listen()).url.origin;
});
afterAll(() => sandbox.close());

type Prospect = {
  id: string;
  type: string;
  phone: string;
  events: { event_type: string; comments: string }[];
};
type Appointment = { event_id: string; event_date: string; local_time: string };

async function control<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${origin}/__sandbox/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.ok, `${method} ${path}`).toBe(true);
  return (await response.json()) as Answer;
}

function connect(accountId: string, propertyId: string, apiKey = partner.apiKey) {
  const counted = countingFetch((url, init) => fetch(url, init));
  const baseUrl = `${origin}/resman`;
  const pms = resmanPms({
    fetch: counted.fetch,
    baseUrl,
    partnerId: partner.id,
    apiKey,
    accountId,
    propertyId,
  });
  return { pms, calls: () => counted.calls() };
}

/** A property of its own for every test, with a lead and a tour that fit it. */
async function aProperty() {
  const propertyId = crypto.randomUUID();
  const { pms, calls } = connect("900", propertyId);
  const [sources, employees] = [await pms.listSources(), await pms.listEmployees()];
  const [reason] = await pms.listLostReasons();
  const sourceId = sources.find(({ name }) => name === "DomIQ Chat")!.id;
  const agentId = employees[0]!.id;
  const lead: LeadForPms = {
    leadId: crypto.randomUUID(),
    firstName: "Noor",
    lastName: "O'Neil & Søn",
    email: "noor.v@example.test",
    phone: "+16025550147",
    moveInDate: "2026-12-15",
    rent: { min: 1400, max: 1750 },
    bedrooms: { min: 2, max: 2 },
    bathrooms: null,
    leaseMonths: 12,
    occupantsCount: 2,
    floorplan: "A1",
    unitNumber: null,
    pets: [{ kind: "cat", count: 1, description: "calm" }],
    comments: ["Prefers <quiet> floors."],
    firstContact: { at: "2026-11-20T16:05:00Z", channel: "chat", summary: "Asked about two-bedroom homes." },
    sourceId,
    agentId,
  };
  const tour: TourForPms = {
    tourId: crypto.randomUUID(),
    revision: 0,
    startsAt: "2026-11-28T17:30:00Z",
    durationMinutes: 30,
    timeZone: "America/Phoenix",
    kind: "in_person",
    unitNumber: "101",
    notes: null,
    appointmentId: null,
    agentId,
    sourceId,
  };
  return {
    pms,
    calls,
    lead,
    tour,
    reason: reason!,
    by: { agentId, at: "2026-11-29T09:00:00Z" },
    prospects: async () =>
      (await control<{ prospects: Prospect[] }>("GET", `resman/prospects?property_id=${propertyId}`))
        .prospects,
    appointments: async () =>
      (await control<{ appointments: Appointment[] }>("GET", `resman/appointments?property_id=${propertyId}`))
        .appointments,
    fault: (fault: object) => control("POST", "faults", { service: "resman", times: 1, ...fault }),
  };
}

async function pushed(pms: Pms, lead: LeadForPms) {
  const result = await pms.pushLead(lead, null);
  return result.ref;
}

async function failureOf(work: Promise<unknown>): Promise<UpstreamError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UpstreamError);
  return error as UpstreamError;
}

describe("a lead", () => {
  it("is created, found again by everything it is known by, and left alone when nothing changed", async () => {
    const { pms, lead, prospects } = await aProperty();
    const created = await pms.pushLead(lead, null);
    expect(created.outcome).toBe("created");
    for (const known of [created.ref, null]) {
      const match = await pms.findProspect(lead, known);
      expect(match).toMatchObject({
        outcome: "found",
        prospect: { ...(created.outcome === "created" && created.agreed) },
      });
      expect(await pms.pushLead(lead, known)).toMatchObject({ outcome: "unchanged", ref: created.ref });
    }
    expect(await pms.findProspect({ ...lead, email: null }, null)).toMatchObject({ by: "phone" });
    expect(await pms.findProspect({ ...lead, email: null, phone: null }, null)).toMatchObject({
      by: "names",
    });
    expect(await prospects()).toMatchObject([
      { id: created.ref.prospectId, type: "prospect", phone: "(602) 555-0147" },
    ]);
  });

  it("is updated with what changed, and keeps what an agent wrote by hand", async () => {
    const { pms, lead, prospects } = await aProperty();
    const ref = await pushed(pms, lead);
    await control("PATCH", `resman/prospects/${ref.prospectId}`, {
      email: "by.hand@example.test",
      preferences: { number_of_occupants: 3 },
    });
    const seen = await pms.getProspect(ref);
    expect(seen).toMatchObject({ email: "by.hand@example.test", occupantsCount: 3 });
    const theirs = { ...lead, email: null, occupantsCount: null, phone: "+12125550100" };
    expect((await pms.pushLead(theirs, ref)).outcome).toBe("updated");
    expect(await pms.getProspect(ref)).toMatchObject({
      email: "by.hand@example.test",
      phone: "+12125550100",
      occupantsCount: 3,
    });
    expect(await prospects()).toHaveLength(1);
  });

  it("is lost with a reason, once, and re-opened, once", async () => {
    const { pms, lead, reason, by, prospects } = await aProperty();
    const ref = await pushed(pms, lead);
    const loss = { ...by, reasonId: reason.id };
    expect([await pms.markLost(ref, loss), await pms.markLost(ref, loss)]).toEqual([
      { outcome: "done" },
      { outcome: "unchanged" },
    ]);
    expect(await pms.getProspect(ref)).toMatchObject({ state: "lost", lostReason: reason.name });
    expect([await pms.reopen(ref, by), await pms.reopen(ref, by)]).toEqual([
      { outcome: "done" },
      { outcome: "unchanged" },
    ]);
    const [prospect] = await prospects();
    expect(prospect).toMatchObject({ type: "prospect" });
    expect(prospect!.events.map(({ event_type }) => event_type)).toEqual(["Contact", "Cancel", "ReActivate"]);
  });

  it("is refused with the source ResMan does not know", async () => {
    const { pms, lead } = await aProperty();
    const error = await failureOf(pms.pushLead({ ...lead, sourceId: crypto.randomUUID() }, null));
    expect(error).toMatchObject({
      kind: "refused",
      retryable: false,
      detail: "Error: Transaction Source could not be found",
    });
  });
});

describe("a tour", () => {
  it("is one appointment that moves by its id", async () => {
    const { pms, lead, tour, appointments } = await aProperty();
    const ref = await pushed(pms, lead);
    const booked = await pms.pushAppointment(ref, tour);
    expect(booked).toMatchObject({ outcome: "booked" });
    const [first] = await appointments();
    expect(first).toMatchObject({
      event_date: "2026-11-28T17:30:00.000Z",
      event_id: "appointmentId" in booked && booked.appointmentId,
    });
    const later = { ...tour, revision: 1, startsAt: "2026-11-30T20:00:00Z" };
    expect(await pms.pushAppointment(ref, later)).toMatchObject({
      outcome: "moved",
      appointmentId: first!.event_id,
    });
    expect(await pms.pushAppointment(ref, later)).toMatchObject({ outcome: "unchanged" });
    expect(await pms.pushAppointment(ref, tour)).toMatchObject({ outcome: "stale" });
    expect(await appointments()).toMatchObject([
      { event_id: first!.event_id, event_date: "2026-11-30T20:00:00.000Z" },
    ]);
  });

  it("is told by its mark where ResMan never tells ids of events", async () => {
    const { pms, lead, tour, appointments } = await aProperty();
    await control("PATCH", "resman/settings", { echo_event_ids: false, search_event_ids: false });
    try {
      const ref = await pushed(pms, lead);
      expect(await pms.pushAppointment(ref, tour)).toMatchObject({ outcome: "booked", appointmentId: null });
      expect(await pms.pushAppointment(ref, tour)).toMatchObject({ outcome: "unchanged" });
      expect(await appointments()).toHaveLength(1);
      const later = { ...tour, revision: 1, startsAt: "2026-11-30T20:00:00Z" };
      expect(await pms.pushAppointment(ref, later)).toMatchObject({ outcome: "moved" });
      expect(await pms.pushAppointment(ref, later)).toMatchObject({ outcome: "unchanged" });
      expect(await appointments()).toHaveLength(2);
    } finally {
      await control("PATCH", "resman/settings", { echo_event_ids: true, search_event_ids: true });
    }
  });

  it("is cancelled and shown by notes, each once, and never loses the prospect", async () => {
    const { pms, lead, tour, by, prospects } = await aProperty();
    const ref = await pushed(pms, lead);
    await pms.pushAppointment(ref, tour);
    for (const outcome of ["done", "unchanged"]) {
      expect(await pms.cancelAppointment(ref, tour, { at: by.at, reason: "Found a home." })).toEqual({
        outcome,
      });
      expect(await pms.logShow(ref, tour)).toEqual({ outcome });
    }
    const [prospect] = await prospects();
    expect(prospect!.type).toBe("prospect");
    expect(prospect!.events.map(({ event_type }) => event_type)).toEqual([
      "Contact",
      "Appointment",
      "Other",
      "Show",
    ]);
  });
});

describe("trouble on the way", () => {
  it.each(["drop_before", "drop_after"])(
    "%s and a second try make one prospect and one appointment",
    async (mode) => {
      const { pms, lead, tour, fault, prospects, appointments } = await aProperty();
      await fault({ mode, path: "PostLeadManagement4_0" });
      expect(await failureOf(pms.pushLead(lead, null))).toMatchObject({
        kind: "network",
        retryable: true,
        isOutage: true,
      });
      const again = await pms.pushLead(lead, null);
      expect(again.outcome).toBe(mode === "drop_after" ? "unchanged" : "created");
      await fault({ mode, path: "PostLeadManagement4_0" });
      await failureOf(pms.pushAppointment(again.ref, tour));
      const booked = await pms.pushAppointment(again.ref, tour);
      expect(booked.outcome).toBe(mode === "drop_after" ? "unchanged" : "booked");
      expect(await prospects()).toHaveLength(1);
      expect(await appointments()).toHaveLength(1);
    },
  );

  it("tells a refusal inside 200 from a vendor that is down", async () => {
    const { pms, fault } = await aProperty();
    await fault({ mode: "error_body", value: "Deadlock victim" });
    expect(await failureOf(pms.listSources())).toMatchObject({
      kind: "refused",
      detail: "Failed: Deadlock victim",
    });
    await fault({ mode: "status", value: 503 });
    expect(await failureOf(pms.listSources())).toMatchObject({ kind: "http", status: 503, isOutage: true });
    expect(await pms.listSources()).not.toHaveLength(0);
  });

  it("is refused without the right key, and with another account's property", async () => {
    const { propertyId } = mapleCourt;
    expect(await failureOf(connect("400", propertyId, "wrong").pms.listSources())).toMatchObject({
      kind: "refused",
    });
    expect(await failureOf(connect("500", propertyId).pms.listSources())).toMatchObject({ kind: "refused" });
    expect(await connect("400", propertyId).pms.listSources()).toMatchObject([
      { id: mapleCourt.sources[0]!.id },
      {},
      {},
      {},
      {},
    ]);
  });
});

describe("reading", () => {
  it("sees what an agent changed since, and nothing else", async () => {
    const { pms, lead } = await aProperty();
    const ref = await pushed(pms, lead);
    await pushed(pms, {
      ...lead,
      leadId: crypto.randomUUID(),
      firstName: "Sam",
      email: "sam@example.test",
      phone: null,
    });
    const from = new Date().toISOString();
    await control("PATCH", `resman/prospects/${ref.prospectId}`, { type: "lost" });
    const to = new Date(Date.now() + 60_000).toISOString();
    const changed = await pms.listChangedProspects({ from, to });
    expect(changed).toMatchObject([{ ref, state: "lost", lostReason: "Inactive/lack of response" }]);
  });

  it("asks for smaller windows when an answer is too big, and says so when that does not help", async () => {
    const { pms, lead, calls } = await aProperty();
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const to = new Date(Date.now() + 3_600_000).toISOString();
    for (let i = 0; i < 3; i += 1) {
      const one = {
        ...lead,
        leadId: crypto.randomUUID(),
        firstName: `Lead ${i}`,
        email: `lead-${i}@example.test`,
        phone: null,
      };
      await pushed(pms, one);
    }
    const before = calls();
    expect(await pms.listChangedProspects({ from, to })).toHaveLength(3);
    expect(calls() - before).toBe(1);
    await control("PATCH", "resman/settings", { search_limit: 2 });
    try {
      const error = await failureOf(pms.listChangedProspects({ from, to }));
      expect(error).toMatchObject({ status: 502 });
      expect(calls() - before).toBeGreaterThan(5);
    } finally {
      await control("PATCH", "resman/settings", { search_limit: 500 });
    }
  });

  it("knows units, prices, residents and applicants", async () => {
    const { pms } = connect(cedarGrove.accountId, cedarGrove.propertyId);
    const { units, floorplans } = await pms.listUnits();
    expect(units.map(({ unitNumber, isAvailable }) => [unitNumber, isAvailable])).toEqual([
      ["1104", true],
      ["1210", true],
      ["2107", true],
      ["2203", false],
    ]);
    expect(units[0]).toMatchObject({ rent: 1240, rentTermMonths: 12, bedrooms: 1 });
    expect(floorplans).toHaveLength(2);
    const occupants = await pms.listApplicantsAndResidents();
    expect(occupants.map(({ unitNumber, status }) => [unitNumber, status])).toEqual([
      ["1210", "Current"],
      ["2203", "Current"],
    ]);
  });
});
