import { sql, type SQL } from "drizzle-orm";
import type { Context } from "../../core/context.ts";

/** Everything that belongs to one person, by id, and the words this person is found by elsewhere. */
export type Subject = {
  userIds: string[];
  contactIds: string[];
  conversationIds: string[];
  leadIds: string[];
  tours: { id: string; propertyId: string }[];
  taskIds: string[];
  draftIds: string[];
  /** Questions that nobody has approved an answer to and nobody else has asked. */
  questionIds: string[];
  propertyIds: string[];
  emails: string[];
  /** Addresses, numbers, browser ids and whole names, the latter as JSON writes them, too. */
  words: string[];
};

/**
 * Who is meant by a visitor: the visitor, the contact that stands for the same person with those that were merged into
 * it, and the other visitors that contact was. Asked afresh for each step, as long as the rows still say it.
 */
export async function findSubject(ctx: Context, userId: string): Promise<Subject> {
  const company = ctx.companyId;
  const ids = async (query: SQL) => (await ctx.db.all<{ id: string }>(query)).map(({ id }) => id);
  const contactIds = await ids(sql`
    with recursive same(id) as (
      select contact_id from users where company_id = ${company} and id = ${userId} and contact_id is not null
      union select contact_id from leads
        where company_id = ${company} and user_id = ${userId} and contact_id is not null
      union select merged.value from same
        join contact_merges m on m.company_id = ${company} and m.primary_id = same.id and m.undone_at is null,
        json_each(m.secondary_ids) merged)
    select id from same`);
  const userIds = await ids(sql`
    select ${userId} as id union select id from users where company_id = ${company} and contact_id in ${list(contactIds)}`);
  const conversationIds = await ids(sql`
    select id from conversations where company_id = ${company} and user_id in ${list(userIds)}`);
  const leadIds = await ids(sql`
    select id from leads where company_id = ${company} and user_id in ${list(userIds)}
    union select id from leads where company_id = ${company} and contact_id in ${list(contactIds)}
    union select id from leads where company_id = ${company} and conversation_id in ${list(conversationIds)}`);
  const tours = await ctx.db.all<{ id: string; propertyId: string }>(sql`
    select id, property_id as propertyId from tours where company_id = ${company} and user_id in ${list(userIds)}
    union select id, property_id from tours where company_id = ${company} and lead_id in ${list(leadIds)}
    union select id, property_id from tours where company_id = ${company} and conversation_id in ${list(conversationIds)}`);
  const taskIds = await ids(sql`
    select id from tasks where company_id = ${company}
      and (conversation_id in ${list(conversationIds)} or lead_id in ${list(leadIds)})`);
  const draftIds = await ids(sql`
    select id from email_drafts where company_id = ${company} and lead_id in ${list(leadIds)}`);
  const questionIds = await ids(sql`
    select f.id from faqs f
    where f.company_id = ${company} and f.conversation_id in ${list(conversationIds)} and f.status <> 'answered'
      and not exists (select 1 from faq_askers a where a.company_id = ${company} and a.faq_id = f.id
        and a.conversation_id not in ${list(conversationIds)})`);
  const propertyIds = await ids(sql`
    select property_id as id from conversations where company_id = ${company} and id in ${list(conversationIds)}
    union select property_id from leads where company_id = ${company} and id in ${list(leadIds)}
    union select property_id from tours where company_id = ${company} and id in ${list(tours.map(({ id }) => id))}`);
  const known = { userIds, contactIds, conversationIds, leadIds, tours };
  const { emails, words } = await wordsOf(ctx, known);
  return { ...known, taskIds, draftIds, questionIds, propertyIds, emails, words };
}

function list(ids: string[]): SQL {
  return sql`(select value from json_each(${JSON.stringify(ids)}))`;
}

type Known = Pick<Subject, "userIds" | "contactIds" | "leadIds" | "tours">;
type Named = { email: string | null; phone: string | null; name: string | null; browser: string | null };

/** Words that are also the company's own (a manager who tried the chat) are nobody's secret and stay. */
async function wordsOf(ctx: Context, { userIds, contactIds, leadIds, tours }: Known) {
  const company = ctx.companyId;
  const tourIds = tours.map(({ id }) => id);
  const rows = await ctx.db.all<Named>(sql`
    select email, phone, trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')) as name, browser_id as browser
    from users where company_id = ${company} and id in ${list(userIds)}
    union select email, phone, trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), null
    from leads where company_id = ${company} and id in ${list(leadIds)}
    union select prospect_email, prospect_phone, prospect_name, null
    from tours where company_id = ${company} and id in ${list(tourIds)}
    union select e.value->>'value', null, display_name, null
    from contacts, json_each(contacts.emails) e where company_id = ${company} and contacts.id in ${list(contactIds)}
    union select null, p.value->>'value', null, null
    from contacts, json_each(contacts.phones) p where company_id = ${company} and contacts.id in ${list(contactIds)}`);
  const own = new Set(
    (
      await ctx.db.all<{ word: string | null }>(sql`
        select email as word from accounts where company_id = ${company}
        union select email from property_managers where company_id = ${company}
        union select phone from property_managers where company_id = ${company}
        union select email from properties where company_id = ${company}
        union select phone from properties where company_id = ${company}`)
    ).map(({ word }) => word),
  );
  const isTheirs = (word: string | null): word is string =>
    word !== null && word.length > 4 && !own.has(word);
  const pick = (field: keyof Named) => [...new Set(rows.map((row) => row[field]).filter(isTheirs))];
  const emails = pick("email");
  const names = pick("name").filter((name) => /\S \S/.test(name));
  const words = [...emails, ...pick("phone"), ...pick("browser"), ...names];
  return { emails, words: [...new Set([...words, ...words.map(inJson)])] };
}

function inJson(word: string): string {
  return JSON.stringify(word).slice(1, -1);
}
