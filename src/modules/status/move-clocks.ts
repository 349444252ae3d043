import { and, eq, isNotNull } from "drizzle-orm";
import { databaseFor, openDb } from "../../db/client.ts";
import { statusEntities } from "../../db/schema/status.ts";
import { statusMachine } from "../../durable/stubs.ts";

const callsAtOnce = 6;

/**
 * Tells every machine of a company whose clock runs that company time is now real time plus `offsetMs`; what has
 * come due by that is told before this returns. Machines without a running clock learn it at their next change.
 */
export async function moveStatusClocks(env: Env, companyId: string, offsetMs: number): Promise<number> {
  const running = await openDb(databaseFor(env, companyId))
    .select({ entityType: statusEntities.entityType, entityId: statusEntities.entityId })
    .from(statusEntities)
    .where(and(eq(statusEntities.companyId, companyId), isNotNull(statusEntities.slaDeadline)));
  for (let start = 0; start < running.length; start += callsAtOnce) {
    const some = running.slice(start, start + callsAtOnce);
    await Promise.all(
      some.map(({ entityType, entityId }) =>
        statusMachine(env, companyId, entityType, entityId).moveClock(offsetMs),
      ),
    );
  }
  return running.length;
}
