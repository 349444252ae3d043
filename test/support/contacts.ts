import { v7 as uuidv7 } from "uuid";
import { contactInteractions, contactKeys, contactMerges, contacts } from "../../src/db/schema/contacts.ts";
import { keysOf } from "../../src/modules/contacts/contact-keys.ts";
import { aValue, displayNameOf, tidyValues } from "../../src/modules/contacts/contact-values.ts";
import { db } from "./factories.ts";

type ContactRow = typeof contacts.$inferSelect;
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
