import { isNull } from "drizzle-orm";
import { nudge, outgoing, type Work } from "../core/outbox.ts";
import { newId } from "../core/start-context.ts";
import { databaseFor, openDb } from "../db/client.ts";
import { companies } from "../db/schema/companies.ts";

const rowsAtOnce = 50;

/** Has the queue compare every company's projected statuses with its machines; once a day, however often it runs. */
export async function checkProjections(env: Env, at: number): Promise<void> {
  const db = openDb(databaseFor(env, ""));
  const all = await db.select({ id: companies.id }).from(companies).where(isNull(companies.deletedAt));
  const day = new Date(at).toISOString().slice(0, 10);
  const works = all.map(({ id: companyId }): Work => ({
    topic: "projections",
    key: "status_check",
    payload: { kind: "status_check" },
    dedupeKey: `status_check:${day}`,
    companyId,
  }));
  for (let start = 0; start < works.length; start += rowsAtOnce) {
    const some = works.slice(start, start + rowsAtOnce);
    const [first, ...rest] = some.map((work) => outgoing({ db, companyId: "", newId }, work));
    if (first) await db.batch([first, ...rest]);
    await nudge(env, "", some);
  }
}
