import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { v7 as uuidv7 } from "uuid";
import type { ChangeRequest, ChangeResult } from "../../src/durable/status-machine/protocol.ts";
import { statusMachine } from "../../src/durable/stubs.ts";
import { aChange } from "./machine.ts";

type Over = Partial<ChangeRequest>;
type ProjectedRow = {
  current_status: string;
  is_overdue: number;
  version: number;
  seq: number;
  sla_deadline: number | null;
};

/** An order of a company of its own, with what the database knows of it. */
export function anOrder(companyId: string = uuidv7()) {
  const id = uuidv7();
  const machine = statusMachine(env, companyId, "order", id);
  const about = [companyId, id];
  const all = async <Row>(query: string) =>
    (
      await env.DB.prepare(query)
        .bind(...about)
        .all<Row>()
    ).results;
  return {
    id,
    companyId,
    machine,
    change: (toStatus: string, over: Over = {}): Promise<ChangeResult> =>
      machine.change(
        aChange(toStatus, { companyId, entityId: id, changeId: uuidv7(), now: Date.now(), ...over }),
      ),
    row: async () =>
      (await all<ProjectedRow>("select * from status_entities where company_id = ?1 and entity_id = ?2"))[0],
    projected: () =>
      all<{ seq: number; to_status: string }>(
        "select seq, to_status from status_transitions where company_id = ?1 and entity_id = ?2 order by seq",
      ),
    events: async (kind: string) => {
      const rows = await all<{ payload: string; created_at: number }>(
        "select payload, created_at from outbox where company_id = ?1 and payload->>'entity_id' = ?2 order by id",
      );
      const told = rows.map((row) => ({
        ...row,
        payload: JSON.parse(row.payload) as Record<string, unknown>,
      }));
      return told.filter((event) => event.payload["kind"] === kind);
    },
  };
}

export function alarmOf(machine: ReturnType<typeof statusMachine>): Promise<number | null> {
  return runInDurableObject(machine, (_object, state) => state.storage.getAlarm());
}

/** Has the database refuse rows of a table for one company; answers how to end it. */
export async function refuseWrites(companyId: string, table: string): Promise<() => Promise<unknown>> {
  const name = `refuse_${table}_${companyId.replaceAll("-", "")}`;
  await env.DB.prepare(
    `create trigger ${name} before insert on ${table}
     when new.company_id = '${companyId}' begin select raise(abort, 'database is away'); end`,
  ).run();
  return () => env.DB.prepare(`drop trigger ${name}`).run();
}
