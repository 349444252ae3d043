import { inArray } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { vi } from "vitest";
import type { Topic } from "../../src/core/outbox.ts";
import { contactInteractions, contactKeys, contactMerges, contacts } from "../../src/db/schema/contacts.ts";
import { leads } from "../../src/db/schema/conversations.ts";
import { users } from "../../src/db/schema/users.ts";
import { keysOf } from "../../src/modules/contacts/contact-keys.ts";
import { aValue, displayNameOf, tidyValues } from "../../src/modules/contacts/contact-values.ts";
import { deliverAll, passWaits } from "./deliver.ts";
import { aLead, aUser, db, type TestCompany } from "./factories.ts";

export type ContactRow = typeof contacts.$inferSelect;
type Over = Partial<Omit<ContactRow, "emails" | "phones">> & {
  emails?: (string | ContactRow["emails"][number])[];
  phones?: (string | ContactRow["phones"][number])[];
};

/** A contact's row with the keys it is found by. Its status machine begins when it is first asked for. */
export async function aContact(
  company: { id: string },
  { emails = [], phones = [], ...over }: Over = {},
): Promise<ContactRow> {
  const now = new Date();
  const told = {
    firstName: "Nora",
    lastName: "Field",
    companyName: null,
    emails: tidyValues(emails.map((email) => (typeof email === "string" ? aValue(email) : email))),
    phones: tidyValues(phones.map((phone) => (typeof phone === "string" ? aValue(phone) : phone))),
    tags: [],
    ...over,
  };
  const row: ContactRow = {
    id: uuidv7(),
    companyId: company.id,
    displayName: displayNameOf(told),
    address: null,
    notes: null,
    customFields: {},
    source: null,
    assignedTo: null,
    relationshipStatus: "prospect",
    lifecycleStage: "awareness",
    statusSeq: 0,
    lastContacted: null,
    mergedInto: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
    ...told,
  };
  const keys = keysOf(row).map((key) => ({ ...key, companyId: company.id, contactId: row.id }));
  await db.batch([db.insert(contacts).values(row), ...keys.map((key) => db.insert(contactKeys).values(key))]);
  return row;
}

export async function anInteraction(
  contact: Pick<ContactRow, "id" | "companyId">,
  over: Partial<typeof contactInteractions.$inferInsert> = {},
) {
  const row = {
    id: uuidv7(),
    companyId: contact.companyId,
    contactId: contact.id,
    type: "call" as const,
    description: "Asked about parking",
    at: new Date(),
    performedBy: "Ann Agent",
    performedById: uuidv7(),
    ...over,
  };
  return (await db.insert(contactInteractions).values(row).returning())[0]!;
}

/** A merge in the journal; nothing of it was done. */
export async function aMerge(primary: ContactRow) {
  const row = {
    id: uuidv7(),
    companyId: primary.companyId,
    primaryId: primary.id,
    secondaryIds: [],
    choices: {},
    before: [primary],
    after: primary,
    mergedBy: "Ann Agent",
    mergedById: uuidv7(),
    mergedAt: new Date(),
  };
  return (await db.insert(contactMerges).values(row).returning())[0]!;
}

/** Two contacts that differ in everything, with a lead, an interaction and a visitor each. */
export async function aPairOfContacts(
  { id: companyId, property }: TestCompany,
  over: { primary?: Over; secondary?: Over } = {},
) {
  const primary = await aContact({ id: companyId }, { emails: [anEmail()], notes: "first", ...over.primary });
  const secondary = await aContact(
    { id: companyId },
    {
      firstName: "Eleonora",
      emails: [anEmail()],
      phones: ["+13125550123"],
      notes: "second",
      ...over.secondary,
    },
  );
  for (const { id: contactId } of [primary, secondary]) {
    await aLead(property, { contactId });
    await anInteraction({ id: contactId, companyId });
    await aUser({ companyId }, { contactId });
  }
  return { primary, secondary, ids: [primary.id, secondary.id] };
}

/** An address nobody else has. */
export function anEmail(): string {
  return `person-${uuidv7()}@mail.test`;
}

/** Rows (but for version and time of change), keys and records of contacts. */
export async function everythingOf(ids: string[]) {
  const [rows, keys, itsLeads, itsInteractions, itsUsers] = await Promise.all([
    db.select().from(contacts).where(inArray(contacts.id, ids)).orderBy(contacts.id),
    db.select().from(contactKeys).where(inArray(contactKeys.contactId, ids)),
    db.select({ id: leads.id, of: leads.contactId }).from(leads).where(inArray(leads.contactId, ids)),
    db
      .select({ id: contactInteractions.id, of: contactInteractions.contactId })
      .from(contactInteractions)
      .where(inArray(contactInteractions.contactId, ids)),
    db.select({ id: users.id, of: users.contactId }).from(users).where(inArray(users.contactId, ids)),
  ]);
  const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
  return {
    rows: rows.map(({ version: _version, updatedAt: _updated, ...row }) => row),
    keys: keys.map((key) => ({ ...key, name: `${key.kind} ${key.key} ${key.contactId}` })).toSorted(byName),
    records: [...itsLeads, ...itsInteractions, ...itsUsers]
      .map((record) => ({ ...record, name: record.id }))
      .toSorted(byName),
  };
}

/** Holds once everything that a company owes on a topic has arrived; the real queue may be at it as well. */
export function onceDelivered(companyId: string, topic: Topic, check: () => Promise<void>): Promise<void> {
  const attempt = async () => {
    await passWaits(companyId);
    await deliverAll(companyId, topic);
    await check();
  };
  return vi.waitFor(attempt, { timeout: 8000, interval: 50 });
}
