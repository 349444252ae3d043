import { nudge, outgoing, type Work } from "../core/outbox.ts";
import { newId } from "../core/start-context.ts";
import { databaseFor, openDb } from "../db/client.ts";
import { companyRetention } from "../db/schema/access.ts";

const rowsAtOnce = 50;

/** Has the queue remove, company by company and page by page, what is no longer kept; once a day. */
export async function applyRetention(env: Env, at: number): Promise<void> {
  const db = openDb(databaseFor(env, ""));
  const all = await db.select({ companyId: companyRetention.companyId }).from(companyRetention);
  const day = new Date(at).toISOString().slice(0, 10);
  const works = all.map(({ companyId }): Work => ({
    topic: "projections",
    key: "retention",
    payload: { kind: "retention" },
    dedupeKey: `retention:${day}`,
    companyId,
  }));
  for (let start = 0; start < works.length; start += rowsAtOnce) {
    const some = works.slice(start, start + rowsAtOnce);
    const [first, ...rest] = some.map((work) => outgoing({ db, companyId: "", newId }, work));
    if (first) await db.batch([first, ...rest]);
    await nudge(env, "", some);
  }
}
