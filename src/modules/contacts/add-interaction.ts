import { and, eq, exists, isNull, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { notFound } from "../../core/errors.ts";
import { commitWhile } from "../../core/guarded-commit.ts";
import { only } from "../../core/scope.ts";
import { contactInteractions, contacts } from "../../db/schema/contacts.ts";
import type { InteractionRow } from "./present.ts";
import { getContact } from "./queries.ts";
import type { InteractionDraft } from "./schemas.ts";

/** Notes a dealing with a contact, which was last contacted by it. */
export async function addInteraction(
  ctx: Context,
  contactId: string,
  draft: InteractionDraft,
): Promise<InteractionRow> {
  const { companyId } = await getContact(ctx, contactId);
  const c = contacts;
  const isIt = and(eq(c.companyId, companyId), eq(c.id, contactId), isNull(c.deletedAt));
  const at = ctx.now();
  const row: InteractionRow = {
    id: ctx.newId(),
    companyId,
    contactId,
    type: draft.type,
    description: draft.description,
    outcome: draft.outcome ?? null,
    nextAction: draft.next_action ?? null,
    scheduledFollowUp: draft.scheduled_follow_up ?? null,
    at,
    performedBy: ctx.actor.name,
    performedById: ctx.actor.id,
  };
  const written = await commitWhile(
    ctx,
    exists(
      ctx.db
        .select({ one: sql`1` })
        .from(c)
        .where(isIt),
    ),
    [
      ctx.db.insert(contactInteractions).values(row).returning(),
      ctx.db
        .update(c)
        .set({
          lastContacted: sql`max(coalesce(${c.lastContacted}, 0), ${at.getTime()})`,
          version: sql`${c.version} + 1`,
          updatedAt: at,
        })
        .where(isIt),
      audit(ctx, {
        action: "add_interaction",
        recordType: "contact",
        recordId: contactId,
        after: { interaction_id: row.id, ...draft },
      }),
    ],
  );
  if (!written) throw notFound("Contact");
  return only(written[0], "Contact");
}
