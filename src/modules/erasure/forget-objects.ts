import { sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { chatRoom, liveFeed, statusMachine, tourBook } from "../../durable/stubs.ts";
import { momentOf } from "../status/machine-request.ts";
import { forgetTakenTimes } from "../tours/taken-times.ts";
import type { Subject } from "./find-subject.ts";

type Work = () => Promise<unknown>;
const pageSize = 20;

/** Empties the objects that hold something of the person, a page at a time; null when all are done. */
export async function forgetObjects(ctx: Context, subject: Subject, from: number): Promise<number | null> {
  const work = await objectsOf(ctx, subject);
  const page = work.slice(from, from + pageSize);
  await Promise.all(page.map((forget) => forget()));
  return from + pageSize < work.length ? from + pageSize : null;
}

async function objectsOf(ctx: Context, subject: Subject): Promise<Work[]> {
  const { env, companyId } = ctx;
  const { conversationIds, leadIds, contactIds, tours, taskIds, draftIds, questionIds, propertyIds } =
    subject;
  const machines: [type: string, ids: string[]][] = [
    ["conversation", conversationIds],
    ["lead", leadIds],
    ["contact", contactIds],
    ["tour", tours.map(({ id }) => id)],
    ["task", taskIds],
    ["email_draft", draftIds],
    ["faq", questionIds],
  ];
  const named = [...leadIds, ...conversationIds, ...tours.map(({ id }) => id)];
  const managers = await managersAt(ctx, propertyIds);
  return [
    ...conversationIds.map((id) => () => chatRoom(env, companyId, id).forget()),
    ...machines.flatMap(([type, ids]) =>
      ids.map((id) => () => statusMachine(env, companyId, type, id).forget(momentOf(ctx))),
    ),
    ...tours.map(
      ({ id, propertyId }) =>
        () =>
          tourBook(env, companyId, propertyId).release(id),
    ),
    ...propertyIds.map((id) => () => forgetTakenTimes(ctx, id)),
    ...propertyIds.map((id) => () => liveFeed(env, companyId, "property", id).forget(named)),
    ...managers.map((id) => () => liveFeed(env, companyId, "manager", id).forget(named)),
  ];
}

/** Everybody whose screen may have shown the person. */
async function managersAt(ctx: Context, propertyIds: string[]): Promise<string[]> {
  const rows = await ctx.db.all<{ id: string }>(sql`
    select distinct manager_id as id from property_assignments where company_id = ${ctx.companyId}
      and property_id in (select value from json_each(${JSON.stringify(propertyIds)}))`);
  return rows.map(({ id }) => id);
}
