import { and, asc, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { contacts } from "../../db/schema/contacts.ts";
import { compare, type Identity, type Likeness } from "./compare-contacts.ts";
import { identityKeys } from "./contact-keys.ts";
import { identityOf } from "./draft-contact.ts";
import { holdersOf } from "./key-rows.ts";
import type { ContactRow } from "./present.ts";
import { getContact } from "./queries.ts";
import { theseRows } from "./these-rows.ts";

export type Candidate = Likeness & { contact: ContactRow };

/** Live contacts of the company that share an address or number with a person, the likest first, the oldest of equals. */
export async function findCandidates(
  ctx: Context,
  companyId: string,
  person: Identity,
): Promise<Candidate[]> {
  const keys = identityKeys(person);
  if (keys.length === 0) return [];
  const rows = await ctx.db
    .select()
    .from(contacts)
    .where(and(theseRows(contacts, companyId, holdersOf(keys, companyId)), isNull(contacts.deletedAt)))
    .orderBy(asc(contacts.id));
  return rows
    .map((contact) => ({ contact, ...compare(person, identityOf(contact)) }))
    .toSorted((a, b) => b.score - a.score);
}

/** The other contacts that are likely the same person. */
export async function listDuplicatesOf(ctx: Context, id: string): Promise<Candidate[]> {
  const contact = await getContact(ctx, id);
  const candidates = await findCandidates(ctx, contact.companyId, identityOf(contact));
  return candidates.filter((candidate) => candidate.isDuplicate && candidate.contact.id !== id);
}
