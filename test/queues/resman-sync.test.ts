import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import type { Parts } from "../../src/core/context.ts";
import { seal } from "../../src/core/secrets.ts";
import { companySecrets } from "../../src/db/schema/companies.ts";
import { leads } from "../../src/db/schema/conversations.ts";
import { tours } from "../../src/db/schema/tours.ts";
import { findResmanAccess } from "../../src/modules/companies/vendor-access.ts";
import { leadKey, pushLeadWork } from "../../src/modules/leads/lead-work.ts";
import { changeStatus } from "../../src/modules/status/change-status.ts";
import { aContext, deliver, owe, owed, passWaits } from "../support/deliver.ts";
import { aCompany, aLead, aTour, db } from "../support/factories.ts";
import { aSandbox, type Sandbox } from "../support/sandbox.ts";

type Over = NonNullable<Parameters<typeof aLead>[1]>;

/** A lead of a company of its own, beside a ResMan of its own. */
async function aLeadToPush(over: Over = {}) {
  const company = await aCompany();
  const sandbox = aSandbox();
  const lead = await aLead(company.property, over);
  const { id: companyId, property } = company;
  return {
    company,
    property,
    sandbox,
    lead,
    ...ways(companyId, lead.id, sandbox),
    tell: () => sandbox.prospects(property.resmanPropertyId),
    diary: () => sandbox.appointments(property.resmanPropertyId),
  };
}

function ways(companyId: string, leadId: string, sandbox: Sandbox) {
  let changes = 0;
  const arrive = (parts: Parts = { fetch: sandbox.fetch }) =>
    deliver(companyId, { topic: "resman-sync", key: leadKey(leadId) }, parts);
  return {
    arrive,
    /** Something changed, and its message arrives. */
    sync: async (parts?: Parts) => {
      await owe(companyId, pushLeadWork(leadId, `change ${(changes += 1)}`));
      return arrive(parts);
    },
    move: async (toStatus: string, more: { reason?: string; facts?: Record<string, unknown> } = {}) => {
      await changeStatus(await aContext(companyId), {
        entityType: "lead",
        entityId: leadId,
        toStatus,
        ...more,
      });
    },
    now: async () => (await db.select().from(leads).where(eq(leads.id, leadId)))[0]!,
    change: (columns: Partial<typeof leads.$inferInsert>) =>
      db
        .update(leads)
        .set({ version: 2, ...columns })
        .where(eq(leads.id, leadId)),
  };
}

function tourWork(leadId: string, tourId: string, because: string) {
  return {
    topic: "resman-sync" as const,
    key: leadKey(leadId),
    payload: { kind: "tour", tour_id: tourId },
    dedupeKey: `tour:${tourId}:${because}`,
  };
}

const kindsOf = (prospect: { events: { event_type: string }[] } | undefined) =>
  prospect?.events.map((event) => event.event_type);

describe("a lead on its way to ResMan", () => {
  it("becomes one prospect with what was said of it", async () => {
    const { sync, tell, now, company } = await aLeadToPush({
      bedrooms: 2,
      priceRangeMax: 1900,
      hasPets: true,
      petDetails: "two cats",
    });
    expect(await sync()).toBe("acked");
    const [prospect, ...others] = await tell();
    expect(others).toEqual([]);
    expect(prospect).toMatchObject({
      first_name: "Robin",
      last_name: "Field",
      email: "robin.field@example.test",
      preferences: {
        desired_rent: { max: "1900" },
        desired_bedrooms: { exact: "2" },
        pets: [{ type: "Cat", count: "2" }],
      },
    });
    expect(await now()).toMatchObject({
      resmanSyncStatus: "synced",
      resmanSyncError: null,
      resmanProspectId: prospect!.id,
      resmanPersonId: prospect!.person_id,
    });
    expect(await owed(company.id, "resman-sync")).toMatchObject([{ status: "done" }]);
  });

  it.each([
    ["a last name", { lastName: null }],
    ["a way to reach the person", { email: null, phone: null }],
  ])("waits for %s", async (_what, missing) => {
    const { sync, tell, now, change } = await aLeadToPush(missing);
    await sync();
    expect(await tell()).toEqual([]);
    expect((await now()).resmanSyncStatus).toBe("waiting");
    await change({ lastName: "Field", email: "robin.field@example.test" });
    await sync();
    expect(await tell()).toHaveLength(1);
  });

  it("is told of again only when something changed", async () => {
    const { sync, tell, change, sandbox, now } = await aLeadToPush();
    await sync();
    const calls = (await sandbox.calls("resman")).length;
    await sync();
    expect(await sandbox.calls("resman")).toHaveLength(calls);
    expect((await now()).resmanSyncStatus).toBe("synced");
    await change({ bedrooms: 3 });
    await sync();
    expect(await tell()).toMatchObject([{ preferences: { desired_bedrooms: { exact: "3" } } }]);
  });

  it("makes nothing twice when its message is delivered again and again", async () => {
    const { sync, arrive, tell, company, lead } = await aLeadToPush();
    await owe(company.id, pushLeadWork(lead.id, "first"), pushLeadWork(lead.id, "second"));
    await Promise.all([arrive(), arrive(), arrive()]);
    await sync();
    const [prospect, ...others] = await tell();
    expect(others).toEqual([]);
    expect(prospect!.events).toHaveLength(1);
  });

  it("has nothing to do where the company has no account or the property no id there", async () => {
    const sandbox = aSandbox();
    const strangers = await aCompany({ resmanAccountId: null });
    const lead = await aLead(strangers.property);
    const { sync, now } = ways(strangers.id, lead.id, sandbox);
    expect(await sync()).toBe("acked");
    expect((await now()).resmanSyncStatus).toBe("waiting");
    expect(await sandbox.calls("resman")).toEqual([]);
  });

  it("signs with the company's own key where it has one", async () => {
    const { sync, company, sandbox, now } = await aLeadToPush();
    const ctx = await aContext(company.id);
    const sealed = await seal(ctx.config, `${company.id}:resman_api_key`, "another-key");
    await db.insert(companySecrets).values({
      companyId: company.id,
      name: "resman_api_key",
      ...sealed,
      lastFour: "-key",
      updatedAt: new Date(),
    });
    await sync();
    expect(await sandbox.prospects(null)).toEqual([]);
    expect((await now()).resmanSyncError).toBe("ResMan refused the request");
  });

  it("never meets a real vendor in a sandbox company", async () => {
    const real = async (isSandbox: boolean) => {
      const company = await aCompany({ isSandbox });
      const ctx = await aContext(company.id);
      const config = { ...ctx.config, RESMAN_URL: "https://api.myresman.com" };
      return findResmanAccess({ ...ctx, config }, "property");
    };
    expect(await real(true)).toBeNull();
    expect(await real(false)).toMatchObject({ baseUrl: "https://api.myresman.com", accountId: "400" });
  });
});

describe("a person with two leads", () => {
  async function twoLeads() {
    const first = await aLeadToPush();
    const lead = await aLead(first.property);
    const second = ways(first.company.id, lead.id, first.sandbox);
    await first.sync();
    await second.sync();
    return { first, second };
  }

  it("stays one prospect", async () => {
    const { first, second } = await twoLeads();
    expect(await first.tell()).toHaveLength(1);
    expect((await second.now()).resmanProspectId).toBe((await first.now()).resmanProspectId);
  });

  it("is lost with the last of them", async () => {
    const { first, second } = await twoLeads();
    for (const { move } of [first, second]) await move("new");
    await first.move("lost", { reason: "Rent above budget" });
    await first.sync();
    expect(await first.tell()).toMatchObject([{ type: "prospect" }]);
    await second.move("lost", { reason: "Rent above budget" });
    await second.sync();
    expect(await first.tell()).toMatchObject([{ type: "lost" }]);
  });
});

describe("a lead that is lost", () => {
  it("is lost in ResMan for the reason given, and comes back when it comes back", async () => {
    const { sync, move, tell } = await aLeadToPush();
    await move("new");
    await sync();
    await move("lost", { reason: "Chose another community" });
    await sync();
    const [lost] = await tell();
    expect(lost!.type).toBe("lost");
    expect(lost!.events.at(-1)).toMatchObject({
      event_type: "Cancel",
      event_reasons: "Prospect Lost: Chose another community",
    });
    await move("contacted");
    await sync();
    const [back] = await tell();
    expect(back!.type).toBe("prospect");
    expect(back!.events.at(-1)!.event_type).toBe("ReActivate");
  });

  it("is not re-opened where ResMan's own staff lost it", async () => {
    const { sync, tell, change, sandbox } = await aLeadToPush();
    await sync();
    const [prospect] = await tell();
    await sandbox.editProspect(prospect!.id, { type: "lost" });
    await change({ bedrooms: 1 });
    await sync();
    expect(await tell()).toMatchObject([{ type: "lost" }]);
  });
});

describe("a tour on its way to ResMan", () => {
  async function aTourToPush(over: Over = {}) {
    const world = await aLeadToPush(over);
    const { company, lead, property } = world;
    const tour = await aTour(property, { leadId: lead.id, startsAt: new Date("2027-01-05T16:00:00Z") });
    let versions = 1;
    return {
      ...world,
      tour,
      syncTour: async () => {
        await owe(company.id, tourWork(lead.id, tour.id, `v${versions}`));
        return world.arrive();
      },
      changeTour: async (columns: Partial<typeof tours.$inferInsert>) =>
        db
          .update(tours)
          .set({ version: (versions += 1), ...columns })
          .where(eq(tours.id, tour.id)),
      tourNow: async () => (await db.select().from(tours).where(eq(tours.id, tour.id)))[0]!,
    };
  }

  it("brings its lead along and becomes one appointment", async () => {
    const { syncTour, diary, tell, tourNow } = await aTourToPush();
    await syncTour();
    await syncTour();
    expect(await tell()).toHaveLength(1);
    const [appointment, ...others] = await diary();
    expect(others).toEqual([]);
    expect(appointment!.event_date).toBe("2027-01-05T16:00:00.000Z");
    expect(await tourNow()).toMatchObject({ resmanPushedVersion: 1, resmanEventId: appointment!.event_id });
  });

  it("moves its appointment, and never back when old news comes late", async () => {
    const { syncTour, diary, changeTour, tour, lead, company, arrive } = await aTourToPush();
    await syncTour();
    await changeTour({ startsAt: new Date("2027-01-06T18:00:00Z") });
    await syncTour();
    await owe(company.id, tourWork(lead.id, tour.id, "late news of the first version"));
    await arrive();
    expect((await diary()).map((appointment) => appointment.event_date)).toEqual([
      "2027-01-06T18:00:00.000Z",
    ]);
  });

  it("is noted as called off, once, and the prospect is not lost by it", async () => {
    const { syncTour, tell, changeTour } = await aTourToPush();
    await syncTour();
    await changeTour({ status: "cancelled", cancelReason: "Found something" });
    await syncTour();
    await syncTour();
    const [prospect] = await tell();
    expect(prospect!.type).toBe("prospect");
    expect(prospect!.events.filter((event) => event.comments?.startsWith("Tour cancelled"))).toHaveLength(1);
  });

  it("that was called off before ResMan heard of it is not mentioned", async () => {
    const { syncTour, tell, changeTour, diary, tourNow } = await aTourToPush();
    await changeTour({ status: "cancelled" });
    await syncTour();
    expect(await diary()).toEqual([]);
    expect((await tell())[0]!.events.filter((event) => event.comments?.includes("ancelled"))).toEqual([]);
    expect((await tourNow()).resmanPushedVersion).toBe(2);
  });

  it("that took place is a show", async () => {
    const { syncTour, tell, changeTour } = await aTourToPush();
    await syncTour();
    await changeTour({ status: "completed" });
    await syncTour();
    expect(kindsOf((await tell())[0])).toContain("Show");
  });

  it("waits until its lead can be told of, and follows it then", async () => {
    const { syncTour, sync, diary, change } = await aTourToPush({ lastName: null });
    await syncTour();
    expect(await diary()).toEqual([]);
    await change({ lastName: "Field" });
    await sync();
    expect(await diary()).toHaveLength(1);
  });

  it("that is only confirmed brings no second appointment", async () => {
    const { syncTour, sync, diary, changeTour, change } = await aTourToPush();
    await syncTour();
    await changeTour({ status: "confirmed" });
    await change({ bedrooms: 1 });
    await sync();
    expect(await diary()).toHaveLength(1);
  });

  it.each(
    [0, 1, 2, 3, 4, 5, 6, 7].flatMap((broken) => [
      [broken, "before"],
      [broken, "after"],
    ]),
  )("loses nothing and doubles nothing when call %i breaks off %s it was worked", async (broken, when) => {
    const { sync, arrive, tell, diary, company, now, sandbox, lead, tour } = await aTourToPush();
    await owe(company.id, tourWork(lead.id, tour.id, "booked"));
    let calls = 0;
    await arrive({
      fetch: async (input, init) => {
        const isBroken = calls === broken;
        calls += 1;
        if (isBroken && when === "before") throw new TypeError("Network connection lost.");
        const answer = await sandbox.fetch(input, init);
        if (isBroken) throw new TypeError("Network connection lost.");
        return answer;
      },
    });
    expect(calls).toBe(broken + 1);
    expect(await now()).toMatchObject({ resmanSyncError: "ResMan could not be reached" });
    await passWaits(company.id);
    await sync();
    expect(await tell()).toHaveLength(1);
    expect(await diary()).toHaveLength(1);
    expect(await now()).toMatchObject({ resmanSyncStatus: "synced", resmanSyncError: null });
  });
});
