import { sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { commitWhile } from "../../core/guarded-commit.ts";
import { only } from "../../core/scope.ts";
import { contacts } from "../../db/schema/contacts.ts";
import { identityKeys } from "./contact-keys.ts";
import { alignContactWork } from "./contact-work.ts";
import { draftContact, identityOf, requireRoom, type Told } from "./draft-contact.ts";
import { type Candidate, findCandidates } from "./find-duplicates.ts";
import { holdersOf, insertKeys } from "./key-rows.ts";
import { type ContactRow, presentCandidate } from "./present.ts";
import { requireAssignable } from "./require-assignable.ts";
import type { ContactDraft } from "./schemas.ts";
import { beginStatus } from "./settle-contact.ts";

const mostTries = 5;

/**
 * Enters a contact. One that looks like a contact there is (see `compare`) is a DUPLICATE_RECORD with the candidates,
 * unless that is wanted; of two who enter the same person at once one is told of the other.
 */
export async function createContact(
  ctx: Context,
  draft: ContactDraft,
  allowDuplicate: boolean,
): Promise<ContactRow> {
  const row = newContact(ctx, draftContact(draft, ctx.now()), draft.relationship_status);
  requireRoom(row);
  await requireAssignable(ctx, null, row.assignedTo);
  for (let tries = 0; tries < mostTries; tries += 1) {
    const candidates = allowDuplicate ? null : await findCandidates(ctx, ctx.companyId, identityOf(row));
    refuseDuplicates(ctx, candidates?.filter(({ isDuplicate }) => isDuplicate) ?? []);
    const written = await commitWhile(
      ctx,
      candidates ? noOther(row, candidates) : sql`true`,
      [
        ctx.db.insert(contacts).values(row).returning(),
        insertKeys(ctx, [row]),
        audit(ctx, { action: "create", recordType: "contact", recordId: row.id, after: draft }),
      ],
      [alignContactWork(row.id, "created")],
    );
    if (written) return begun(ctx, only(written[0], "Contact"));
  }
  throw new AppError("CONFLICT", "Others enter the same person just now; try again");
}

/** Begins the status in the name of who entered the contact; the outbox begins what fails here. */
async function begun(ctx: Context, contact: ContactRow): Promise<ContactRow> {
  await beginStatus(ctx, contact).catch((error: unknown) =>
    ctx.log.error("status left for the outbox to begin", error, { contactId: contact.id }),
  );
  return contact;
}

export function newContact(ctx: Context, told: Told, relationshipStatus: string): ContactRow {
  const now = ctx.now();
  return {
    ...told,
    id: ctx.newId(),
    companyId: ctx.companyId,
    relationshipStatus,
    statusSeq: 0,
    lastContacted: null,
    mergedInto: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  };
}

/** Nobody but those who were looked at holds one of the contact's addresses or numbers. */
export function noOther(row: ContactRow, seen: Candidate[]) {
  const ids = JSON.stringify(seen.map(({ contact }) => contact.id));
  const holders = holdersOf(identityKeys(identityOf(row)), row.companyId);
  return sql`not exists (select 1 from (${holders}) where contact_id not in (select value from json_each(${ids})))`;
}

/** A program that may enter contacts but not look at them is told that there is one, not who. */
function refuseDuplicates({ actor }: Context, duplicates: Candidate[]): void {
  const [likest] = duplicates;
  if (!likest) return;
  if (actor.kind === "staff" && !actor.permissions.has("view_contacts"))
    throw new AppError("DUPLICATE_RECORD", "This looks like a contact there is", { candidates: [] });
  throw new AppError("DUPLICATE_RECORD", `This looks like ${likest.contact.displayName}`, {
    candidates: duplicates.map(presentCandidate),
  });
}
