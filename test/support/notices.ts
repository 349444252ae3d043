import { eq } from "drizzle-orm";
import { seal } from "../../src/core/secrets.ts";
import { companies, companySecrets } from "../../src/db/schema/companies.ts";
import { notificationDeliveries, notificationPreferences } from "../../src/db/schema/notices.ts";
import { leadNotifications, mails } from "../../src/db/schema/outgoing.ts";
import type { ChannelMatrix } from "../../src/modules/lead-notifications/choose-channels.ts";
import { type KnownNotice, staffNotice } from "../../src/modules/lead-notifications/staff-notice.ts";
import { as } from "./api.ts";
import { aContext, deliver, owe } from "./deliver.ts";
import { aCompany, db, type TestCompany } from "./factories.ts";

export type Wishes = {
  channels?: ChannelMatrix;
  quietHours?: { from: string; to: string };
  timeZone?: string;
};

/** A company whose agent hears of things in a way of his own. */
export async function aListener(wishes: Wishes = {}) {
  const company = await aCompany();
  const { managerId } = company.agent;
  await db.insert(notificationPreferences).values({
    companyId: company.id,
    managerId,
    channels: wishes.channels ?? {},
    quietHours: wishes.quietHours ?? null,
    timeZone: wishes.timeZone ?? null,
    updatedAt: new Date(),
  });
  return { company, managerId };
}

let told = 0;

/** Tells the agent, and nobody else. */
export async function tell(company: TestCompany, over: Partial<KnownNotice> = {}, times = 1): Promise<void> {
  const work = staffNotice({
    dedupeKey: `happening ${(told += 1)}`,
    type: "tour_booked",
    propertyId: company.property.id,
    managerId: company.agent.managerId,
    title: "New tour",
    body: "Robin Field, tomorrow at ten",
    ...over,
  });
  await owe(company.id, work);
  for (let n = 0; n < times; n += 1) await deliver(company.id, work);
}

export async function noticesOf({ id }: TestCompany) {
  return db
    .select()
    .from(leadNotifications)
    .where(eq(leadNotifications.companyId, id))
    .orderBy(leadNotifications.id);
}

export async function deliveriesOf({ id }: TestCompany) {
  return db.select().from(notificationDeliveries).where(eq(notificationDeliveries.companyId, id));
}

export function mailsOf({ id }: TestCompany) {
  return db.select().from(mails).where(eq(mails.companyId, id));
}

export async function listed(company: TestCompany) {
  const { body } = await as(company.agent).get(
    `/api/property-managers/${company.agent.managerId}/notifications`,
  );
  return body.data as { title: string; repeat_count: number }[];
}

export async function withTwilio({ id }: TestCompany): Promise<void> {
  const ctx = await aContext(id);
  const sealed = await seal(ctx.config, `${id}:twilio_auth_token`, "the-secret-token");
  await db.insert(companySecrets).values({
    companyId: id,
    name: "twilio_auth_token",
    ...sealed,
    lastFour: "oken",
    updatedAt: new Date(),
  });
  const account = { twilioAccountSid: `AC${"0123456789abcdef".repeat(2)}`, twilioFrom: "+13125550100" };
  await db.update(companies).set(account).where(eq(companies.id, id));
}
