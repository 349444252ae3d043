import { and, type AnyColumn, count, eq, isNull, or, type SQL, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { contactInteractions, contactMergeMoves } from "../../db/schema/contacts.ts";
import { leads } from "../../db/schema/conversations.ts";
import { statusEntities } from "../../db/schema/status.ts";
import { users } from "../../db/schema/users.ts";
import type { Moved } from "./merge-journal.ts";
import { theseRows } from "./these-rows.ts";

/** What belongs to a contact and goes with it in a merge. */
const kinds = { lead: leads, interaction: contactInteractions, user: users } as const;
type Kind = keyof typeof kinds;
const allKinds = Object.keys(kinds) as Kind[];

function among(column: AnyColumn, ids: string[]): SQL {
  return sql`${column} in (select value from json_each(${JSON.stringify(ids)}))`;
}

/** Writes down whose the records of these contacts are, and gives them to the survivor. */
export function moveRecords(ctx: Context, mergeId: string, fromIds: string[], primaryId: string) {
  const { companyId } = ctx;
  return allKinds.flatMap((kind) => {
    const table = kinds[kind];
    const theirs = and(eq(table.companyId, companyId), among(table.contactId, fromIds));
    return [
      ctx.db
        .insert(contactMergeMoves)
        .select(
          sql`select ${companyId}, ${mergeId}, ${kind}, ${table.id}, ${table.contactId} from ${table} where ${theirs}`,
        ),
      ctx.db.update(table).set({ contactId: primaryId }).where(theirs),
    ];
  });
}

/** Gives the records a merge moved back to those who had them. */
export function moveBack(ctx: Context, mergeId: string) {
  const moves = contactMergeMoves;
  return allKinds.map((kind) => {
    const table = kinds[kind];
    const itsMove = sql`from ${moves} where ${moves.companyId} = ${ctx.companyId} and ${moves.mergeId} = ${mergeId}
      and ${moves.kind} = ${kind}`;
    return ctx.db
      .update(table)
      .set({
        contactId: sql`(select ${moves.fromContactId} ${itsMove} and ${moves.recordId} = ${table.id})`,
      })
      .where(theseRows(table, ctx.companyId, sql`select ${moves.recordId} ${itsMove}`));
  });
}

export type Stray = { kind: Kind; recordId: string; fromContactId: string };

const mostTold = 100;

/** Records a merge moved that are no longer the survivor's; of very many the first. */
export async function listStrays(ctx: Context, mergeId: string, primaryId: string): Promise<Stray[]> {
  const found = await Promise.all(
    allKinds.map((kind) =>
      ctx.db.all<Stray>(
        sql`select ${kind} as kind, record_id as recordId, from_contact_id as fromContactId ${strays(ctx, kind, mergeId, primaryId)} limit ${mostTold}`,
      ),
    ),
  );
  return found.flat();
}

/** Whether every record a merge moved is still the survivor's. */
export function nothingStrayed(ctx: Context, mergeId: string, primaryId: string): SQL {
  const none = allKinds.map((kind) => sql`not exists (select 1 ${strays(ctx, kind, mergeId, primaryId)})`);
  return sql.join(none, sql` and `);
}

function strays(ctx: Context, kind: Kind, mergeId: string, primaryId: string): SQL {
  const table = kinds[kind];
  const moves = contactMergeMoves;
  return sql`from ${moves} join ${table} on ${table.id} = ${moves.recordId} and ${table.companyId} = ${moves.companyId}
    where ${moves.companyId} = ${ctx.companyId} and ${moves.mergeId} = ${mergeId} and ${moves.kind} = ${kind}
      and ${table.contactId} is not ${primaryId}`;
}

/** How many records contacts have. */
export async function countRecords(ctx: Context, contactIds: string[]): Promise<Moved> {
  const of = (kind: Kind) => {
    const table = kinds[kind];
    return ctx.db
      .select({ n: count() })
      .from(table)
      .where(and(eq(table.companyId, ctx.companyId), among(table.contactId, contactIds)));
  };
  const [[l], [i], [u]] = await ctx.db.batch([of("lead"), of("interaction"), of("user")]);
  return { leads: l?.n ?? 0, interactions: i?.n ?? 0, users: u?.n ?? 0 };
}

/** Contacts with a lead that has applied or leased: residents and applicants, whose record a merge never overwrites. */
export function residents(ctx: Context, contactIds: string[]) {
  const its = and(
    eq(statusEntities.companyId, leads.companyId),
    eq(statusEntities.entityType, "lead"),
    eq(statusEntities.entityId, leads.id),
  );
  return ctx.db
    .selectDistinct({ id: leads.contactId })
    .from(leads)
    .leftJoin(statusEntities, its)
    .where(
      and(
        eq(leads.companyId, ctx.companyId),
        among(leads.contactId, contactIds),
        isNull(leads.deletedAt),
        or(eq(leads.hasApplication, true), sql`${statusEntities.currentStatus} in ('application', 'leased')`),
      ),
    );
}
