import type { D1Handle } from "../../db/client.ts";
import { columnsOf } from "./project-rollups.ts";
import { asBreach, asMove, entityDays, rollups } from "./rollups.ts";

const column = (name: string) => name;
const history = `moves as (${asMove(column)} from status_transitions where company_id = ?1 and kind = 'change'),
  passed as (${asBreach(column)} from status_breaches where company_id = ?1)`;

/** How many rows of a company's roll-ups are not what its projected history sums up to; 0 is expected. */
export async function compareRollups(db: D1Handle, companyId: string): Promise<number> {
  const results = await db.batch<{ n: number }>(
    rollups.map(({ table, key, sums, query }) => {
      const columns = [...key, ...sums].join(", ");
      const isAnything = sums.map((sum) => `${sum} <> 0`).join(" or ");
      return db
        .prepare(
          `with ${history}, counted as (select ${columns} from (${query})),
            kept as (select ${columns} from ${table} where company_id = ?1 and (${isAnything}))
          select (select count(*) from (select * from counted except select * from kept))
            + (select count(*) from (select * from kept except select * from counted)) as n`,
        )
        .bind(companyId);
    }),
  );
  return results.reduce((sum, { results: [row] }) => sum + (row?.n ?? 0), 0);
}

/** Sums a company's projected history up again, in one write. */
export async function recountRollups(db: D1Handle, companyId: string): Promise<void> {
  const recounts = rollups.flatMap(({ table, query }, n) => {
    const columns = columnsOf(n as 0 | 1 | 2).join(", ");
    return [
      `delete from ${table} where company_id = ?1`,
      `insert into ${table} (${columns}) select ${columns} from (with ${history} ${query})`,
    ];
  });
  const days = "company_id, entity_type, entity_id, day, property_id";
  await db.batch(
    [
      ...recounts,
      "delete from status_entity_days where company_id = ?1",
      `insert into status_entity_days (${days}) select ${days} from (with ${history} ${entityDays})`,
    ].map((statement) => db.prepare(statement).bind(companyId)),
  );
}
