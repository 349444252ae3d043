import { and, eq, isNull } from "drizzle-orm";
import { AppError } from "../../core/errors.ts";
import { only } from "../../core/scope.ts";
import { databaseFor, openDb } from "../../db/client.ts";
import { companies } from "../../db/schema/companies.ts";
import { sweepFollowUps } from "../status-workflows/sweep-follow-ups.ts";
import { moveStatusClocks } from "../status/move-clocks.ts";
import { moveWaitingWork } from "./move-waiting-work.ts";
import type { ClockSetting } from "./schemas.ts";

export type SetClock = { companyId: string; now: Date; offsetMs: number };

/**
 * Puts a sandbox company's clock to a time, from which it runs on; null returns to real time. What has become due
 * by the jump in the company's objects is done before this returns, follow-ups come at once after it; what other
 * crons do comes with their next tick.
 */
export async function setClock(env: Env, { company_id: companyId, now }: ClockSetting): Promise<SetClock> {
  const db = openDb(databaseFor(env, companyId).withSession("first-primary"));
  const offsetMs = now === null ? 0 : now.getTime() - Date.now();
  const own = and(eq(companies.id, companyId), isNull(companies.deletedAt));
  const company = only(
    await db
      .select({ isSandbox: companies.isSandbox, clockOffsetMs: companies.clockOffsetMs })
      .from(companies)
      .where(own),
    "Company",
  );
  if (!company.isSandbox) throw new AppError("CONFLICT", "Only a sandbox company's clock can be moved");
  await db.update(companies).set({ clockOffsetMs: offsetMs }).where(own);
  await moveWaitingWork(env, companyId, offsetMs - company.clockOffsetMs);
  await moveStatusClocks(env, companyId, offsetMs);
  await sweepFollowUps(env, Date.now(), { waitUntil: () => {} });
  return { companyId, now: new Date(Date.now() + offsetMs), offsetMs };
}
