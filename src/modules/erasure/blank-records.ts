import type { Context } from "../../core/context.ts";
import { databaseFor } from "../../db/client.ts";
import { erased } from "./cast-net.ts";
import type { Subject } from "./find-subject.ts";
import type { Blanking } from "./tally.ts";

/** ?1 is the company, ?2 the ids as JSON, ?3 the moment. */
type Rule = [kind: string, ids: (subject: Subject) => string[], statement: string];

const users = (subject: Subject) => subject.userIds;
const contacts = (subject: Subject) => subject.contactIds;
const conversations = (subject: Subject) => subject.conversationIds;
const leads = (subject: Subject) => subject.leadIds;
const tours = (subject: Subject) => subject.tours.map(({ id }) => id);
const tasks = (subject: Subject) => subject.taskIds;
const drafts = (subject: Subject) => subject.draftIds;
const questions = (subject: Subject) => subject.questionIds;
const talks = (subject: Subject) => [...subject.leadIds, ...subject.conversationIds];
const entities = (subject: Subject) =>
  [conversations, leads, tours, contacts, tasks, drafts, questions].flatMap((ids) => ids(subject));
const all = (subject: Subject) => [...users(subject), ...entities(subject)];

const among = "(select value from json_each(?2))";
const gone = "deleted_at = coalesce(deleted_at, ?3), updated_at = ?3, version = version + 1";
const wishes =
  "bedrooms = null, bathrooms = null, furnished = null, lease_months = null, move_in_date = null, " +
  "price_range_min = null, price_range_max = null, occupants_count = null, has_pets = null, pet_details = null, " +
  "lead_score = null, score_explanation = null";

/** A revision no late page of the room can exceed. */
const lastRevision = 9_000_000_000_000_000;

const rules: Rule[] = [
  [
    "messages",
    conversations,
    `update messages set text = '', payload = null, sender_name = null, client_id = null,
       deleted_at = coalesce(deleted_at, ?3), revision = ${lastRevision}
     where company_id = ?1 and conversation_id in ${among} and revision < ${lastRevision}`,
  ],
  [
    "conversations",
    conversations,
    `update conversations set ${wishes}, ai_intent_summary = null, apartment_size_preference = null,
       desired_features = null, work_location = null, reason_for_moving = null, notification_status = null,
       last_message_text = null, ${gone} where company_id = ?1 and id in ${among}`,
  ],
  [
    "leads",
    leads,
    `update leads set ${wishes}, first_name = null, last_name = null, email = null, phone = null, notes = null,
       resman_prospect_id = null, resman_person_id = null, resman_sync_status = 'waiting', resman_sync_error = null,
       resman_fingerprint = null, ${gone} where company_id = ?1 and id in ${among}`,
  ],
  [
    "tours",
    tours,
    `update tours set prospect_name = '${erased}', prospect_email = null, prospect_phone = null, unit_interest = null,
       unit_preferences = null, special_requests = null, staff_notes = null, cancel_reason = null,
       status = case when status in ('scheduled', 'confirmed') then 'cancelled' else status end, ${gone}
     where company_id = ?1 and id in ${among}`,
  ],
  [
    "page_events",
    conversations,
    `delete from analytics_events where company_id = ?1 and conversation_id in ${among}`,
  ],
  [
    "page_sessions",
    conversations,
    `update analytics_sessions set session_id = id, user_id = null, device_id = null, page_url = null,
       contact_method = null, tour_type = null where company_id = ?1 and conversation_id in ${among}`,
  ],
  ["user_sessions", users, `delete from user_sessions where company_id = ?1 and user_id in ${among}`],
  [
    "notifications",
    talks,
    `update lead_notifications set title = '${erased}', body = '', payload = null, response_note = null, ${gone}
     where company_id = ?1 and (lead_id in ${among} or conversation_id in ${among}) and title <> '${erased}'`,
  ],
  [
    "notification_events",
    talks,
    `update notification_events set title = '${erased}', body = '', payload = null
     where company_id = ?1 and title <> '${erased}' and (
       notification_id in (select id from lead_notifications
         where company_id = ?1 and (lead_id in ${among} or conversation_id in ${among}))
       or exists (select 1 from json_each(?2) mark where instr(coalesce(payload, ''), mark.value) > 0))`,
  ],
  [
    "notification_deliveries",
    talks,
    `update notification_deliveries set text = null,
       status = case when status = 'waiting' then 'skipped' else status end
     where company_id = ?1 and notification_id in (select id from lead_notifications
       where company_id = ?1 and (lead_id in ${among} or conversation_id in ${among}))`,
  ],
  [
    "answers_told",
    conversations,
    `update faq_askers set words = null where company_id = ?1 and conversation_id in ${among}`,
  ],
  [
    "tasks",
    tasks,
    `update tasks set question = '${erased}', answer = null, ${gone} where company_id = ?1 and id in ${among}`,
  ],
  [
    "questions",
    questions,
    `update faqs set question = '${erased}', question_key = id, review_reason = null, ${gone}
     where company_id = ?1 and id in ${among}`,
  ],
  [
    "questions_asked",
    conversations,
    `update faqs set conversation_id = null where company_id = ?1 and conversation_id in ${among}`,
  ],
  [
    "email_drafts",
    drafts,
    `update email_drafts set subject = '${erased}', content = '', preview = null, variables = '{}', tags = null,
       error = null, ${gone} where company_id = ?1 and id in ${among}`,
  ],
  [
    "campaign_recipients",
    leads,
    `update email_campaign_recipients set address = '${erased} ' || lead_id,
       status = case when status = 'pending' then 'cancelled' else status end
     where company_id = ?1 and lead_id in ${among}`,
  ],
  [
    "follow_ups",
    leads,
    `update follow_ups set title = '${erased}', updated_at = ?3,
       status = case when status = 'scheduled' then 'cancelled' else status end
     where company_id = ?1 and lead_id in ${among}`,
  ],
  [
    "score_adjustments",
    leads,
    `delete from lead_score_adjustments where company_id = ?1 and lead_id in ${among}`,
  ],
  [
    "workflow_runs",
    leads,
    `update lead_workflow_runs set detail = null where company_id = ?1 and lead_id in ${among}`,
  ],
  [
    "workflow_steps",
    leads,
    `update lead_workflow_steps set result = null, detail = null where company_id = ?1 and run_id in
       (select id from lead_workflow_runs where company_id = ?1 and lead_id in ${among})`,
  ],
  [
    "contact_interactions",
    contacts,
    `update contact_interactions set description = '${erased}', outcome = null, next_action = null
     where company_id = ?1 and contact_id in ${among}`,
  ],
  ["contact_keys", contacts, `delete from contact_keys where company_id = ?1 and contact_id in ${among}`],
  [
    "contact_merges",
    contacts,
    `update contact_merges set before = null, after = null, choices = '{}' where company_id = ?1
       and (primary_id in ${among} or exists (select 1 from json_each(secondary_ids) s where s.value in ${among}))`,
  ],
  [
    "contacts",
    contacts,
    `update contacts set first_name = null, last_name = null, company_name = null, display_name = '${erased}',
       emails = '[]', phones = '[]', address = null, tags = '[]', notes = null, custom_fields = '{}', ${gone}
     where company_id = ?1 and id in ${among}`,
  ],
  [
    "statuses",
    entities,
    `update status_entities set entity_details = '{}' where company_id = ?1 and entity_id in ${among}`,
  ],
  [
    "status_transitions",
    entities,
    `update status_transitions set reason = null, business_context = '{}', metadata = '{}'
     where company_id = ?1 and entity_type in ('conversation', 'lead', 'tour', 'contact', 'task', 'email_draft', 'faq')
       and entity_id in ${among}`,
  ],
  [
    "status_events",
    entities,
    `update status_events
       set data = json_replace(data, '$.business_context', json('{}'), '$.decision_reason', null)
     where company_id = ?1 and entity_type in ('conversation', 'lead', 'tour', 'contact', 'task', 'email_draft')
       and entity_id in ${among}`,
  ],
  [
    "status_actors",
    users,
    `update status_transitions set actor_name = '${erased}' where company_id = ?1 and actor_id in ${among}`,
  ],
  [
    "status_daily_actors",
    users,
    `update status_daily_actors set actor_name = '${erased}' where company_id = ?1 and actor in ${among}`,
  ],
  [
    "status_approvals",
    entities,
    `update status_approvals set reason = null, business_context = '{}', decision_reason = null
     where company_id = ?1 and entity_id in ${among}`,
  ],
  [
    "webhook_deliveries",
    entities,
    `update webhook_deliveries
       set body = json_replace(body, '$.data.business_context', json('{}'), '$.data.decision_reason', null),
       status = case when status = 'pending' then 'cancelled' else status end
     where company_id = ?1 and entity_id in ${among}`,
  ],
  [
    "audit_details",
    all,
    `update audit_log set before = null, after = null
     where company_id = ?1 and record_id in ${among} and (before is not null or after is not null)`,
  ],
  [
    "audit_actors",
    users,
    `update audit_log set actor_name = '${erased}' where company_id = ?1 and actor_id in ${among}`,
  ],
  [
    "users",
    users,
    `update users set first_name = null, last_name = null, email = null, phone = null, age = null,
       lead_source = null, hubspot_contact_id = null, browser_id = null, ${gone}
     where company_id = ?1 and id in ${among}`,
  ],
];

/** Blanks every record of the person; the rows stay, so that counts and what hangs on them stay right. */
export function blankRecords(ctx: Context, subject: Subject): Blanking[] {
  const db = databaseFor(ctx.env, ctx.companyId);
  const now = ctx.now().getTime();
  return rules.map(([kind, idsOf, text]) => {
    const values = [ctx.companyId, JSON.stringify(idsOf(subject)), ...(text.includes("?3") ? [now] : [])];
    return { kind, statement: db.prepare(text).bind(...values) };
  });
}
