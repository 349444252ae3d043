import { and, eq, isNull, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { emailAddress, phoneNumber } from "../../core/fields.ts";
import { commitWhile } from "../../core/guarded-commit.ts";
import { contacts } from "../../db/schema/contacts.ts";
import { leads } from "../../db/schema/conversations.ts";
import { users } from "../../db/schema/users.ts";
import type { Identity } from "./compare-contacts.ts";
import { fold } from "./contact-keys.ts";
import { alignContactWork } from "./contact-work.ts";
import { aValue, displayNameOf, tidyValues } from "./contact-values.ts";
import { newContact, noOther } from "./create-contact.ts";
import { type Told, toldOf } from "./draft-contact.ts";
import { type Candidate, findCandidates } from "./find-duplicates.ts";
import { insertKeys } from "./key-rows.ts";
import type { ContactRow } from "./present.ts";
import { contactWrite, isAt } from "./update-contact.ts";

type LeadRow = typeof leads.$inferSelect;

const mostTries = 5;

/**
 * Finds or makes the contact of a lead that tells how to reach its person, and links lead and visitor to it. A contact
 * with the same address or number is the one unless the two differ as two people do (see `compare`). What the lead
 * knows more is added; nothing is overwritten. Run again it changes nothing. Null where there is nothing to find by.
 */
export async function linkContact(ctx: Context, leadId: string): Promise<string | null> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const lead = await findLead(ctx, leadId);
    const person = lead && personOf(lead);
    if (!lead || !person) return null;
    const linked = await findLinked(ctx, lead);
    const candidates = await findCandidates(ctx, ctx.companyId, person);
    const known = linked ?? candidates.find(({ isDuplicate }) => isDuplicate)?.contact;
    const contactId = known
      ? await join(ctx, lead, known, person, candidates)
      : await enter(ctx, lead, person, candidates);
    if (contactId) return contactId;
  }
  throw new AppError("CONFLICT", "The contacts change too fast to link a lead");
}

async function findLead(ctx: Context, id: string): Promise<LeadRow | null> {
  const [lead] = await ctx.db
    .select()
    .from(leads)
    .where(and(eq(leads.companyId, ctx.companyId), eq(leads.id, id), isNull(leads.deletedAt)));
  return lead ?? null;
}

/** Null for somebody who cannot be reached. */
function personOf({ firstName, lastName, email, phone }: LeadRow): Identity | null {
  const address = emailAddress.safeParse(email?.trim());
  const number = phoneNumber.safeParse(phone);
  const emails = address.success ? [address.data] : [];
  const phones = number.success ? [number.data] : [];
  return emails.length + phones.length > 0 ? { firstName, lastName, emails, phones } : null;
}

async function findLinked(ctx: Context, { contactId }: LeadRow): Promise<ContactRow | undefined> {
  if (contactId === null) return undefined;
  const [linked] = await ctx.db
    .select()
    .from(contacts)
    .where(
      and(eq(contacts.companyId, ctx.companyId), eq(contacts.id, contactId), isNull(contacts.deletedAt)),
    );
  return linked;
}

/** Null when the contact or the lead changed meanwhile. */
async function join(
  ctx: Context,
  lead: LeadRow,
  contact: ContactRow,
  person: Identity,
  candidates: Candidate[],
): Promise<string | null> {
  const told = completed(contact, person, candidates);
  const write = told ? contactWrite(ctx, contact, told, { lead_id: lead.id, ...person }) : null;
  const learnt: BatchItem<"sqlite">[] = [...(write?.statements ?? [])];
  const written = await commitWhile(
    ctx,
    sql`${isAt(contact)} and ${stillSays(lead)}`,
    [linkLead(ctx, lead, contact.id), linkUser(ctx, lead, contact.id), ...learnt],
    write?.work,
  );
  return written && contact.id;
}

/** The contact with what it did not know yet; null where that is nothing. A value somebody else has stays his. */
function completed(contact: ContactRow, person: Identity, candidates: Candidate[]): Told | null {
  const others = candidates.filter((candidate) => candidate.contact.id !== contact.id);
  const isFree = (kind: "emails" | "phones") => (value: string) =>
    !others.some((other) => other.contact[kind].some((held) => held.value === value));
  const added = (kind: "emails" | "phones") =>
    tidyValues([...contact[kind], ...person[kind].filter(isFree(kind)).map(aValue)]);
  const told = {
    ...contact,
    // One address may be a household's: a first name goes with its own last name only.
    firstName: contact.firstName ?? (isOther(contact.lastName, person.lastName) ? null : person.firstName),
    lastName: contact.lastName ?? person.lastName,
    emails: added("emails"),
    phones: added("phones"),
  };
  const isSame =
    told.firstName === contact.firstName &&
    told.lastName === contact.lastName &&
    told.emails.length === contact.emails.length &&
    told.phones.length === contact.phones.length;
  return isSame ? null : toldOf({ ...told, displayName: displayNameOf(told) });
}

function isOther(known: string | null, said: string | null): boolean {
  return known !== null && said !== null && fold(known) !== fold(said);
}

/** Null when somebody with the same address or number came in meanwhile, or the lead changed. */
async function enter(
  ctx: Context,
  lead: LeadRow,
  person: Identity,
  candidates: Candidate[],
): Promise<string | null> {
  const row = newContact(ctx, draftOf(lead, person), "prospect");
  const written = await commitWhile(
    ctx,
    sql`${noOther(row, candidates)} and ${stillSays(lead)}`,
    [
      ctx.db.insert(contacts).values(row),
      insertKeys(ctx, [row]),
      linkLead(ctx, lead, row.id),
      linkUser(ctx, lead, row.id),
      audit(ctx, { action: "create", recordType: "contact", recordId: row.id, after: { lead_id: lead.id } }),
    ],
    [alignContactWork(row.id, "created")],
  );
  return written && row.id;
}

function draftOf({ source }: LeadRow, { firstName, lastName, emails, phones }: Identity): Told {
  const draft = {
    firstName,
    lastName,
    companyName: null,
    emails: tidyValues(emails.map(aValue)),
    phones: tidyValues(phones.map(aValue)),
    address: null,
    tags: [],
    notes: null,
    customFields: {},
    source,
    assignedTo: null,
    lifecycleStage: "awareness",
  };
  return { ...draft, displayName: displayNameOf(draft) };
}

/** The lead is live and as it was read: one that was forgotten meanwhile leaves nothing with a contact. */
function stillSays({ companyId, id, version }: LeadRow) {
  return sql`exists (select 1 from ${leads} where ${leads.id} = ${id} and ${leads.companyId} = ${companyId}
    and ${leads.version} = ${version} and ${leads.deletedAt} is null)`;
}

/** A link is no change of the lead: its version stays. */
function linkLead(ctx: Context, lead: LeadRow, contactId: string) {
  return ctx.db
    .update(leads)
    .set({ contactId })
    .where(and(eq(leads.companyId, ctx.companyId), eq(leads.id, lead.id)));
}

function linkUser(ctx: Context, { userId }: LeadRow, contactId: string) {
  return ctx.db
    .update(users)
    .set({ contactId })
    .where(and(eq(users.companyId, ctx.companyId), eq(users.id, userId ?? ""), isNull(users.contactId)));
}
