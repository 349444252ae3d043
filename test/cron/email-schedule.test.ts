import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { companies } from "../../src/db/schema/companies.ts";
import { emailCampaigns, emailDrafts } from "../../src/db/schema/email.ts";
import { mails } from "../../src/db/schema/outgoing.ts";
import { sendDueMail } from "../../src/modules/email/send-due-mail.ts";
import { as } from "../support/api.ts";
import { deliverAll, quietEnv } from "../support/deliver.ts";
import { aCampaign, aDraft } from "../support/email.ts";
import { aCompany, aLead, db, type TestCompany } from "../support/factories.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
const now = Date.UTC(2026, 10, 20, 9);

function tick(at: number) {
  return sendDueMail(quietEnv, at, (work) => void work.catch(() => {}));
}

async function aScheduled(
  company: TestCompany,
  at: number,
  over: Partial<typeof emailDrafts.$inferInsert> = {},
) {
  const lead = await aLead(company.property);
  return aDraft(lead, { status: "scheduled", scheduledFor: new Date(at), ...over });
}

async function draftNow(id: string) {
  return (await db.select().from(emailDrafts).where(eq(emailDrafts.id, id)))[0]!;
}

function mailsOf({ id }: TestCompany) {
  return db.select().from(mails).where(eq(mails.companyId, id));
}

describe("the minute's schedule", () => {
  it("sends what is due, once, and nothing else", async () => {
    const company = await aCompany();
    const due = await aScheduled(company, now - minute);
    const later = await aScheduled(company, now + minute);
    const plain = await aDraft(await aLead(company.property), { scheduledFor: new Date(now - minute) });
    const archived = await aScheduled(company, now - minute, { deletedAt: new Date() });
    await Promise.all([tick(now), tick(now)]);
    await tick(now);
    await deliverAll(company.id, "notifications");
    expect(await draftNow(due.id)).toMatchObject({ status: "sent", scheduledFor: new Date(now - minute) });
    for (const draft of [later, plain, archived]) expect(await draftNow(draft.id)).toEqual(draft);
    expect(await mailsOf(company)).toHaveLength(1);
    await tick(now + 2 * minute);
    await deliverAll(company.id, "notifications");
    expect((await draftNow(later.id)).status).toBe("sent");
    expect(await mailsOf(company)).toHaveLength(2);
  });

  it("goes by each company's own clock", async () => {
    const [ahead, behind] = [await aCompany(), await aCompany()];
    await db.update(companies).set({ clockOffsetMs: day }).where(eq(companies.id, ahead.id));
    await db.update(companies).set({ clockOffsetMs: -day }).where(eq(companies.id, behind.id));
    const tomorrow = await aScheduled(ahead, now + day - minute);
    const today = await aScheduled(behind, now - minute);
    await tick(now);
    expect((await draftNow(tomorrow.id)).mailId).not.toBeNull();
    expect((await draftNow(today.id)).mailId).toBeNull();
    await tick(now + day);
    expect((await draftNow(today.id)).mailId).not.toBeNull();
  });

  it("leaves alone what was taken off the schedule, and sends what was put elsewhere at its new time", async () => {
    const company = await aCompany();
    const soon = Date.now() + 60 * minute;
    const [off, moved] = [await aScheduled(company, soon), await aScheduled(company, soon)];
    const put = (id: string, at: number | null) =>
      as(company.agent).post(`/api/email/schedule/${id}`, {
        scheduled_for: at === null ? null : new Date(at).toISOString(),
      });
    await put(off.id, null);
    await put(moved.id, soon + 60 * minute);
    await tick(soon + minute);
    expect(await draftNow(off.id)).toMatchObject({ status: "draft", mailId: null });
    expect(await draftNow(moved.id)).toMatchObject({ status: "scheduled", mailId: null });
    await tick(soon + 61 * minute);
    expect((await draftNow(moved.id)).mailId).not.toBeNull();
  });

  it("fails a draft whose lead has lost its address, and says why", async () => {
    const company = await aCompany();
    const lead = await aLead(company.property, { email: null });
    const draft = await aDraft(lead, { status: "scheduled", scheduledFor: new Date(now - minute) });
    await tick(now);
    await deliverAll(company.id, "notifications");
    expect(await draftNow(draft.id)).toMatchObject({
      status: "failed",
      error: "The lead has no e-mail address",
    });
  });

  it("sets campaigns going", async () => {
    const company = await aCompany();
    const due = await aCampaign(company.property, {
      status: "scheduled",
      scheduledFor: new Date(now - minute),
    });
    const later = await aCampaign(company.property, {
      status: "scheduled",
      scheduledFor: new Date(now + minute),
    });
    await Promise.all([tick(now), tick(now)]);
    const rows = await db.select().from(emailCampaigns).where(eq(emailCampaigns.companyId, company.id));
    expect(rows.find(({ id }) => id === due.id)).toMatchObject({ status: "sending", run: 1 });
    expect(rows.find(({ id }) => id === later.id)).toEqual(later);
  });
});
