import type { Context, Parts } from "../../core/context.ts";
import { openLog } from "../../core/log.ts";
import { systemContext } from "../../core/start-context.ts";
import { databaseFor } from "../../db/client.ts";
import { findCampaign } from "./campaign-queries.ts";
import { findDraft } from "./draft-queries.ts";
import { launchDraft } from "./send-draft.ts";
import { launchCampaign } from "./start-campaign.ts";

type Due = { kind: "draft" | "campaign"; company_id: string; id: string };

const pageSize = 100;

/**
 * Sets drafts and campaigns on their way whose time has come by their company's clock. Reads due rows only, and can
 * be run twice. `realNow` is epoch ms. Answers how many were set on their way.
 */
export async function sendDueMail(
  env: Env,
  realNow: number,
  waitUntil: (work: Promise<unknown>) => void,
  parts: Parts = {},
): Promise<number> {
  const due = await findDue(env, realNow);
  let launched = 0;
  for (const companyId of new Set(due.map((row) => row.company_id))) {
    const ctx = await systemContext(env, companyId, "mail schedule", waitUntil, parts);
    if (!ctx) continue;
    for (const row of due.filter((other) => other.company_id === companyId)) {
      try {
        if (await launch(ctx, row)) launched += 1;
      } catch (error) {
        openLog({ job: "sendDueMail", companyId }).error("left for the next minute", error, { id: row.id });
      }
    }
  }
  return launched;
}

async function launch(ctx: Context, { kind, id }: Due): Promise<boolean> {
  if (kind === "campaign") {
    const campaign = await findCampaign(ctx, id);
    return campaign?.status === "scheduled" && (await launchCampaign(ctx, campaign));
  }
  const draft = await findDraft(ctx, id);
  if (draft?.status !== "scheduled" || draft.mailId !== null || !draft.scheduledFor) return false;
  return (await launchDraft(ctx, draft, draft.scheduledFor)) !== null;
}

// Two questions each, so that each walks an index of due rows: companies on real time, and the few whose clock was moved.
async function findDue(env: Env, realNow: number): Promise<Due[]> {
  const db = databaseFor(env, "");
  const questions = [
    ...questionsFor("draft", "email_drafts", "t.status = 'scheduled' and t.mail_id is null"),
    ...questionsFor("campaign", "email_campaigns", "t.status = 'scheduled'"),
  ];
  const answers = await db.batch<Due>(questions.map((question) => db.prepare(question).bind(realNow)));
  return answers.flatMap(({ results }) => results);
}

function questionsFor(kind: Due["kind"], table: string, waiting: string): string[] {
  const columns = `'${kind}' as kind, t.company_id, t.id`;
  const isDue = `${waiting} and t.deleted_at is null and t.scheduled_for <=`;
  return [
    `select ${columns} from ${table} t indexed by ${table}_due
     join companies c on c.id = t.company_id
     where ${isDue} ?1 and c.clock_offset_ms = 0 and c.deleted_at is null
     order by t.scheduled_for limit ${pageSize}`,
    `select ${columns} from companies c indexed by companies_with_moved_clock
     join ${table} t indexed by ${table}_by_clock on t.company_id = c.id
     where c.clock_offset_ms <> 0 and c.deleted_at is null and ${isDue} ?1 + c.clock_offset_ms
     order by t.scheduled_for limit ${pageSize}`,
  ];
}
