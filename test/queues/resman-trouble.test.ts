import { eq } from "drizzle-orm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { leads } from "../../src/db/schema/conversations.ts";
import { leadNotifications } from "../../src/db/schema/outgoing.ts";
import { properties } from "../../src/db/schema/properties.ts";
import { leadKey, pushLeadWork } from "../../src/modules/leads/lead-work.ts";
import { as } from "../support/api.ts";
import { deliver, deliverAll, owe, owed, passWaits } from "../support/deliver.ts";
import { aCompany, aLead, db, type TestCompany } from "../support/factories.ts";
import { aSandbox, type Sandbox } from "../support/sandbox.ts";

async function aCompanyInTrouble() {
  return { company: await aCompany(), sandbox: aSandbox() };
}

/** A lead of another person each time. */
async function aStranger({ property }: TestCompany, n: number) {
  return aLead(property, {
    firstName: `Person${n}`,
    lastName: "Stranger",
    email: `stranger-${n}@example.test`,
    phone: null,
  });
}

async function owePush(company: TestCompany, leadId: string) {
  await owe(company.id, pushLeadWork(leadId, "change"));
}

function arrive(company: TestCompany, leadId: string, { fetch }: Pick<Sandbox, "fetch">) {
  return deliver(company.id, { topic: "resman-sync", key: leadKey(leadId) }, { fetch });
}

async function leadNow(id: string) {
  return (await db.select().from(leads).where(eq(leads.id, id)))[0]!;
}

async function noticesOf(company: TestCompany) {
  await vi.waitFor(async () => {
    await deliverAll(company.id, "notifications");
    const open = (await owed(company.id, "notifications")).filter((row) => row.status === "pending");
    expect(open).toEqual([]);
  });
  return db.select().from(leadNotifications).where(eq(leadNotifications.companyId, company.id));
}

/** Lets the waits pass until nothing is open; answers how often it was tried. */
async function tryToTheEnd(company: TestCompany, leadId: string, sandbox: Sandbox): Promise<number> {
  for (let tries = 0; ; tries += 1) {
    const open = (await owed(company.id, "resman-sync")).filter((row) => row.status === "pending");
    if (open.length === 0) return tries;
    expect(tries).toBeLessThan(20);
    await passWaits(company.id);
    await arrive(company, leadId, sandbox);
  }
}

afterEach(() => {
  vi.useRealTimers();
});

describe("a lead that ResMan will not take", () => {
  async function aRefusedLead() {
    const world = await aCompanyInTrouble();
    const { company, sandbox } = world;
    const lead = await aLead(company.property);
    await sandbox.fault({ service: "resman", mode: "error_body", value: "Object reference not set" });
    await owePush(company, lead.id);
    return { ...world, lead };
  }

  it("is tried eight times, then set aside with a notice for every manager of the property", async () => {
    const { company, sandbox, lead } = await aRefusedLead();
    expect(await tryToTheEnd(company, lead.id, sandbox)).toBe(8);
    expect(await owed(company.id, "resman-sync")).toMatchObject([{ status: "parked", attempts: 8 }]);
    expect(await leadNow(lead.id)).toMatchObject({
      resmanSyncStatus: "failed",
      resmanSyncError: "ResMan refused the request",
    });
    const notices = await noticesOf(company);
    const listeners = [company.manager, company.agent, company.viewer].map((account) => account.managerId);
    expect(notices).toHaveLength(3);
    expect(new Set(notices.map((notice) => notice.propertyManagerId))).toEqual(new Set(listeners));
    expect(notices[0]).toMatchObject({
      notificationType: "resman_sync_failed",
      title: "ResMan has not taken Robin Field",
      leadId: lead.id,
    });
  });

  it("says nothing of what ResMan's own words were", async () => {
    const { company, sandbox, lead } = await aRefusedLead();
    await arrive(company, lead.id, sandbox);
    const shown = await as(company.agent).get(`/api/resman/leads/${lead.id}`);
    expect(JSON.stringify(shown.body)).not.toContain("Object reference");
    expect(shown.body.data.resman_sync_error).toBe("ResMan refused the request");
  });

  it("goes through once somebody presses retry", async () => {
    const { company, sandbox, lead } = await aRefusedLead();
    await tryToTheEnd(company, lead.id, sandbox);
    await sandbox.clearFaults();
    const pressed = await as(company.manager).post("/api/resman/leads/sync", { lead_ids: [lead.id] });
    expect(pressed.body.data).toEqual({ queued: 1, retried: 1, waiting: 0, remaining: 0 });
    expect(await owed(company.id, "resman-sync")).toMatchObject([{ status: "pending", attempts: 0 }]);
    expect(await arrive(company, lead.id, sandbox)).toBe("acked");
    expect(await sandbox.prospects(company.property.resmanPropertyId)).toHaveLength(1);
    expect(await leadNow(lead.id)).toMatchObject({ resmanSyncStatus: "synced", resmanSyncError: null });
  });

  it("is set aside once, whatever waits behind it, and made good by the next change that goes through", async () => {
    const { company, sandbox, lead } = await aRefusedLead();
    await owe(company.id, pushLeadWork(lead.id, "second change"), pushLeadWork(lead.id, "third change"));
    await tryToTheEnd(company, lead.id, sandbox);
    expect((await owed(company.id, "resman-sync")).map((row) => row.status)).toEqual([
      "parked",
      "done",
      "done",
    ]);
    await sandbox.clearFaults();
    await owe(company.id, pushLeadWork(lead.id, "fourth change"));
    await arrive(company, lead.id, sandbox);
    expect((await owed(company.id, "resman-sync")).map((row) => row.status)).toEqual([
      "done",
      "done",
      "done",
      "done",
    ]);
  });

  it("is set aside at once where only a person can mend it", async () => {
    const { company, sandbox } = await aCompanyInTrouble();
    await db
      .update(properties)
      .set({ resmanSourceId: "no-such-source" })
      .where(eq(properties.id, company.property.id));
    const lead = await aLead(company.property);
    await owePush(company, lead.id);
    expect(await arrive(company, lead.id, sandbox)).toBe("acked");
    expect(await leadNow(lead.id)).toMatchObject({ resmanSyncStatus: "failed" });
    expect((await leadNow(lead.id)).resmanSyncError).toContain("lead source");
  });
});

describe("while ResMan is down", () => {
  async function anOutage() {
    const world = await aCompanyInTrouble();
    const strangers = [];
    for (let n = 0; n < 6; n += 1) strangers.push(await aStranger(world.company, n));
    await world.sandbox.fault({ service: "resman", mode: "status", value: 503 });
    for (const lead of strangers) await owePush(world.company, lead.id);
    return { ...world, strangers };
  }

  /** Time passes, and everything that waits is tried once more, slowly enough for the pace. */
  async function roundAfter(ms: number, company: TestCompany, strangers: { id: string }[], sandbox: Sandbox) {
    vi.setSystemTime(Date.now() + ms);
    await passWaits(company.id);
    for (const lead of strangers) {
      vi.setSystemTime(Date.now() + 3000);
      await arrive(company, lead.id, sandbox);
    }
  }

  it("stops calling after five failures, and no lead is given up however long it lasts", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const { company, sandbox, strangers } = await anOutage();
    for (const lead of strangers) await arrive(company, lead.id, sandbox);
    const calls = (await sandbox.calls("resman")).length;
    await passWaits(company.id);
    for (const lead of strangers) expect(await arrive(company, lead.id, sandbox)).toBe("retried");
    expect(await sandbox.calls("resman")).toHaveLength(calls);
    for (let minutes = 0; minutes < 60; minutes += 6)
      await roundAfter(6 * 60_000, company, strangers, sandbox);
    const rows = await owed(company.id, "resman-sync");
    expect(rows.map((row) => row.status)).toEqual(strangers.map(() => "pending"));
    expect(Math.max(...rows.map((row) => row.attempts))).toBeLessThan(3);
    expect((await sandbox.calls("resman")).length).toBeLessThan(calls + 12);
  });

  it("nothing is lost and nothing told twice: all arrive when it is back", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const { company, sandbox, strangers } = await anOutage();
    for (const lead of strangers) await arrive(company, lead.id, sandbox);
    await sandbox.clearFaults();
    for (let round = 0; round < 3; round += 1) await roundAfter(60_000, company, strangers, sandbox);
    const prospects = await sandbox.prospects(company.property.resmanPropertyId);
    expect(prospects).toHaveLength(strangers.length);
    expect(new Set(prospects.map((prospect) => prospect.first_name))).toEqual(
      new Set(strangers.map((lead) => lead.firstName)),
    );
    expect((await owed(company.id, "resman-sync")).map((row) => row.status)).toEqual(
      strangers.map(() => "done"),
    );
  });

  it("says of each lead why it has not arrived", async () => {
    const { company, sandbox, strangers } = await anOutage();
    await arrive(company, strangers[0]!.id, sandbox);
    expect(await leadNow(strangers[0]!.id)).toMatchObject({
      resmanSyncError: "ResMan answered with an error",
    });
  });
});
