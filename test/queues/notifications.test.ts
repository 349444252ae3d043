import { and, eq } from "drizzle-orm";
import { describe, expect, it, vi } from "vitest";
import { seal } from "../../src/core/secrets.ts";
import { companySecrets } from "../../src/db/schema/companies.ts";
import { leads } from "../../src/db/schema/conversations.ts";
import { leadNotifications, mails } from "../../src/db/schema/outgoing.ts";
import { type MailDraft, mailRow } from "../../src/modules/email/queue-mail.ts";
import { type KnownNotice, staffNotice } from "../../src/modules/lead-notifications/staff-notice.ts";
import { changeStatus } from "../../src/modules/status/change-status.ts";
import { as } from "../support/api.ts";
import { aContext, deliver, deliverAll, owe, owed, passWaits } from "../support/deliver.ts";
import { aCompany, aConversation, aLead, aMessage, db, type TestCompany } from "../support/factories.ts";
import { pathOf } from "../support/chat.ts";
import { aSandbox } from "../support/sandbox.ts";
import { openSocket } from "../support/socket.ts";

function aNotice({ property }: TestCompany, over: Partial<KnownNotice> = {}): KnownNotice {
  return {
    dedupeKey: "tour:1:1",
    type: "tour_booked",
    propertyId: property.id,
    title: "New tour: Robin Field",
    body: "Robin Field, tomorrow at ten",
    ...over,
  };
}

function noticesOf({ id }: { id: string }) {
  return db.select().from(leadNotifications).where(eq(leadNotifications.companyId, id));
}

async function tell(company: TestCompany, notice: KnownNotice, times = 1) {
  const work = staffNotice(notice);
  await owe(company.id, work);
  for (let n = 0; n < times; n += 1) await deliver(company.id, work);
}

describe("a staff notice", () => {
  it("reaches every manager of the property once, however often it is delivered", async () => {
    const company = await aCompany();
    await tell(company, aNotice(company), 3);
    await owe(company.id, {
      ...staffNotice(aNotice(company)),
      dedupeKey: "the same happening by another row",
    });
    await deliverAll(company.id, "notifications");
    const notices = await noticesOf(company);
    const { manager, agent, viewer } = company;
    expect(notices).toHaveLength(3);
    expect(new Set(notices.map((notice) => notice.propertyManagerId))).toEqual(
      new Set([manager, agent, viewer].map((account) => account.managerId)),
    );
    expect(notices[0]).toMatchObject({ status: "sent", notificationType: "tour_booked", readAt: null });
  });

  it("meant for one manager reaches nobody else", async () => {
    const company = await aCompany();
    await tell(company, aNotice(company, { managerId: company.agent.managerId }));
    expect(await noticesOf(company)).toMatchObject([{ propertyManagerId: company.agent.managerId }]);
  });

  it("is shown on the manager's open screen once", async () => {
    const company = await aCompany();
    const { managerId } = company.agent;
    const ticket = await as(company.agent).post("/api/ws/tickets", { manager_id: managerId });
    const socket = await openSocket(as(company.agent), pathOf(ticket.body.data.url));
    await tell(company, aNotice(company), 2);
    const shown = await socket.next("notification");
    const [notice] = (await noticesOf(company)).filter((row) => row.propertyManagerId === managerId);
    expect(shown["notification"]).toMatchObject({ id: notice!.id, title: "New tour: Robin Field" });
    expect(socket.waiting().filter((frame) => frame.type === "notification")).toEqual([]);
    socket.close();
  });

  it("does not reach managers of other properties", async () => {
    const company = await aCompany();
    await tell(company, aNotice(company, { propertyId: company.otherProperty.id }));
    expect(await noticesOf(company)).toMatchObject([{ propertyManagerId: company.manager.managerId }]);
  });

  it("of unknown shape is set aside and keeps nothing else waiting", async () => {
    const company = await aCompany();
    const broken = {
      topic: "notifications" as const,
      key: "broken",
      payload: { kind: "gossip" },
      dedupeKey: "x",
    };
    await owe(company.id, broken);
    expect(await deliver(company.id, broken)).toBe("acked");
    expect(await owed(company.id, "notifications")).toMatchObject([{ status: "parked" }]);
  });
});

describe("a mail", () => {
  async function aMail(over: Partial<MailDraft> = {}, { hasKey = true } = {}) {
    const company = await aCompany();
    const sandbox = aSandbox();
    const ctx = await aContext(company.id);
    if (hasKey) {
      const sealed = await seal(ctx.config, `${company.id}:sendgrid_api_key`, "SG.example-key-value");
      await db.insert(companySecrets).values({
        companyId: company.id,
        name: "sendgrid_api_key",
        ...sealed,
        lastFour: "alue",
        updatedAt: new Date(),
      });
    }
    const { insert, work } = mailRow(ctx, {
      dedupeKey: "tour:1:1",
      to: { address: "robin.field@example.test", name: "Robin Field" },
      subject: "Your tour",
      text: "See you tomorrow",
      propertyId: company.property.id,
      ...over,
    });
    await insert;
    await owe(company.id, work);
    return {
      company,
      sandbox,
      arrive: () => deliver(company.id, work, { fetch: sandbox.fetch }),
      now: async () => (await db.select().from(mails).where(eq(mails.companyId, company.id)))[0]!,
    };
  }

  it("leaves once, however often its message is delivered", async () => {
    const attachments = [{ filename: "tour.ics", type: "text/calendar", content: btoa("BEGIN:VCALENDAR") }];
    const { arrive, sandbox, now } = await aMail({ attachments, html: "<p>See you tomorrow</p>" });
    await Promise.all([arrive(), arrive()]);
    await arrive();
    const [sent, ...others] = await sandbox.mails();
    expect(others).toEqual([]);
    expect(sent!.mail).toMatchObject({
      subject: "Your tour",
      attachments: [{ filename: "tour.ics" }],
      personalizations: [{ custom_args: { mail_id: (await now()).id } }],
    });
    expect(await now()).toMatchObject({ status: "sent", error: null });
    expect((await now()).vendorMessageId).not.toBeNull();
  });

  it("is kept for reading where the company has no vendor", async () => {
    const { arrive, sandbox, now } = await aMail({}, { hasKey: false });
    expect(await arrive()).toBe("acked");
    expect(await now()).toMatchObject({ status: "kept", sentAt: null });
    expect(await sandbox.calls("sendgrid")).toEqual([]);
  });

  it("arrives when the vendor is well again", async () => {
    const { arrive, sandbox, now, company } = await aMail();
    await sandbox.fault({ service: "sendgrid", mode: "status", value: 503, times: 1 });
    expect(await arrive()).toBe("retried");
    expect((await now()).error).toBe("SendGrid answered with an error (503)");
    await passWaits(company.id);
    await arrive();
    expect(await sandbox.mails()).toHaveLength(1);
    expect(await now()).toMatchObject({ status: "sent", error: null });
  });

  it("whose answer was lost is not sent again when the vendor knows it", async () => {
    const { arrive, sandbox, now, company } = await aMail();
    await sandbox.fault({ service: "sendgrid", mode: "drop_after", times: 1 });
    await arrive();
    expect((await now()).status).toBe("sending");
    await passWaits(company.id);
    const asked: string[] = [];
    await deliver(
      company.id,
      { topic: "notifications", key: `mail:${(await now()).id}` },
      {
        fetch: async (url) => {
          asked.push(url instanceof Request ? url.url : url.toString());
          return Response.json({ messages: [{ msg_id: "known" }] });
        },
      },
    );
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain("/v3/messages?");
    expect((await now()).status).toBe("sent");
    expect(await sandbox.mails()).toHaveLength(1);
  });

  it("that the vendor will never take is failed at once, and the property's managers learn of it", async () => {
    const { arrive, now, company } = await aMail({ to: { address: "not an address" } });
    expect(await arrive()).toBe("acked");
    expect(await now()).toMatchObject({ status: "failed" });
    await vi.waitFor(async () => {
      await deliverAll(company.id, "notifications");
      expect((await noticesOf(company)).map((notice) => notice.notificationType)).toEqual([
        "mail_failed",
        "mail_failed",
        "mail_failed",
      ]);
    });
  });

  it("is given up after eight tries", async () => {
    const { arrive, sandbox, now, company } = await aMail();
    await sandbox.fault({ service: "sendgrid", mode: "status", value: 500 });
    for (let n = 0; n < 8; n += 1) {
      await passWaits(company.id);
      await arrive();
    }
    expect(await now()).toMatchObject({ status: "failed", error: "SendGrid answered with an error" });
  });
});

describe("a status", () => {
  // So far ahead that no clock of the machine's own rings during the test.
  const day = new Date("2040-11-20T09:00:00Z");

  /** A lead that came in at nine, in a company whose clock stands where a test sets it. */
  async function aWaitingLead(over: Parameters<typeof aLead>[1] = { email: null, phone: null }) {
    const company = await aCompany();
    const lead = await aLead(company.property, { firstName: "Nora", ...over });
    const at = (hoursLater: number) => ({ now: () => day.getTime() + hoursLater * 3_600_000 });
    const move = async (hoursLater: number, toStatus: string, more: object = {}) => {
      const ctx = await aContext(company.id, at(hoursLater));
      await changeStatus(ctx, {
        entityType: "lead",
        entityId: lead.id,
        toStatus,
        propertyId: company.property.id,
        ...more,
      });
    };
    /** An alarm of the lead's machine as it is written for the queue. */
    const alarm = (kind: "sla_overdue" | "sla_warning", hoursLater: number, status = "new") => ({
      topic: "notifications" as const,
      key: `lead:${lead.id}`,
      payload: {
        kind,
        event_id: `${kind} ${hoursLater}`,
        occurred_at: new Date(at(hoursLater).now()).toISOString(),
        property_id: company.property.id,
        entity_type: "lead",
        entity_id: lead.id,
        entity_details: {},
        status,
        status_label: "New",
        sla_deadline: new Date(at(4).now()).toISOString(),
      },
      dedupeKey: `${kind} ${hoursLater}`,
    });
    const heard = async (type: string) =>
      db
        .select()
        .from(leadNotifications)
        .where(
          and(eq(leadNotifications.companyId, company.id), eq(leadNotifications.notificationType, type)),
        );
    return { company, lead, move, alarm, heard };
  }

  it("overdue is told in words a manager understands, once", async () => {
    const { company, move, alarm, heard, lead } = await aWaitingLead();
    await move(0, "new");
    const overdue = alarm("sla_overdue", 4);
    await owe(company.id, overdue);
    await deliver(company.id, overdue);
    await owe(company.id, { ...overdue, dedupeKey: "the same alarm by another row" });
    await deliver(company.id, overdue);
    const notices = await heard("sla_overdue");
    expect(notices).toHaveLength(3);
    expect(notices[0]).toMatchObject({ title: "Nora Field has waited 4 h for an answer", leadId: lead.id });
  });

  it("about to be overdue says how much time is left", async () => {
    const { company, move, alarm, heard } = await aWaitingLead();
    await move(0, "new");
    const warning = alarm("sla_warning", 3);
    await owe(company.id, warning);
    await deliver(company.id, warning);
    expect((await heard("sla_warning"))[0]).toMatchObject({
      body: "Nora Field has waited 3 h for an answer; overdue in 1 h.",
    });
  });

  it("that was left before its alarm arrived alarms nobody", async () => {
    const { company, move, alarm, heard } = await aWaitingLead();
    await move(0, "new");
    await move(1, "contacted");
    const overdue = alarm("sla_overdue", 4);
    await owe(company.id, overdue);
    expect(await deliver(company.id, overdue)).toBe("acked");
    expect(await heard("sla_overdue")).toEqual([]);
  });

  it("that an answer has ended alarms nobody, though nobody had moved the lead yet", async () => {
    const { company, move, alarm, heard, lead } = await aWaitingLead();
    const conversation = await aConversation(company.property);
    await db.update(leads).set({ conversationId: conversation.id }).where(eq(leads.id, lead.id));
    await aMessage(conversation, { seq: 1, role: "visitor" });
    await move(0, "new");
    await aMessage(conversation, { seq: 2, role: "agent", text: "Yes, we have" });
    const overdue = alarm("sla_overdue", 4);
    await owe(company.id, overdue);
    await deliver(company.id, overdue);
    expect(await heard("sla_overdue")).toEqual([]);
  });

  it("changed by hand is told to the managers, unless that was not wanted", async () => {
    const { company, lead, heard } = await aWaitingLead();
    const move = (new_status: string, trigger_notifications: boolean) =>
      as(company.agent).put(`/api/resman/leads/${lead.id}/status`, {
        new_status,
        status_reason: "Rent above budget",
        updated_by: "resman_user",
        trigger_notifications,
      });
    await move("contacted", false);
    await move("lost", true);
    await vi.waitFor(async () => {
      await deliverAll(company.id, "notifications");
      expect(await heard("status_changed")).toHaveLength(3);
    });
    expect((await heard("status_changed"))[0]).toMatchObject({
      title: "Nora Field: Lost",
      body: "Rent above budget",
      leadId: lead.id,
    });
  });

  it("lost sends word to ResMan", async () => {
    const { company, move, lead } = await aWaitingLead({});
    await move(0, "new");
    await move(1, "lost", { reason: "Moved in elsewhere" });
    await vi.waitFor(async () => {
      await deliverAll(company.id, "notifications");
      const [row, ...others] = await owed(company.id, "resman-sync");
      expect(others).toEqual([]);
      expect(row).toMatchObject({ key: `lead:${lead.id}`, payload: { kind: "lead", lead_id: lead.id } });
    });
    const [now] = await db.select().from(leads).where(eq(leads.id, lead.id));
    expect(now!.resmanSyncStatus).not.toBe("failed");
  });
});
