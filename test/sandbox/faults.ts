import * as z from "zod";

const target = {
  service: z.string(),
  /** Part of the path it applies to, e.g. `MITS/SearchProspects`; every path when absent. */
  path: z.string().min(1).max(200).optional(),
  /** How many calls it spoils; until it is deleted when absent. */
  times: z.int().min(1).max(10_000).optional(),
};

export const Fault = z.discriminatedUnion("mode", [
  z.strictObject({ ...target, mode: z.literal("latency"), value: z.int().min(0).max(120_000) }),
  z.strictObject({ ...target, mode: z.literal("status"), value: z.int().min(400).max(599).default(503) }),
  /** The connection breaks before anything was done. */
  z.strictObject({ ...target, mode: z.literal("drop_before") }),
  /** All was done, and the answer is lost on its way. */
  z.strictObject({ ...target, mode: z.literal("drop_after") }),
  /** HTTP 200 with the vendor's way of saying no; `value` is what it says. */
  z.strictObject({
    ...target,
    mode: z.literal("error_body"),
    value: z.string().min(1).max(500).default("An unexpected error has occurred"),
  }),
]);
export type Fault = z.output<typeof Fault>;
export type FaultRow = Fault & { id: number; used: number };

export function listFaults(sql: SqlStorage): FaultRow[] {
  return sql
    .exec<{ id: number; fault: string; used: number }>("SELECT id, fault, used FROM faults ORDER BY id")
    .toArray()
    .map(({ id, fault, used }) => ({ ...Fault.parse(JSON.parse(fault)), id, used }));
}

export function addFault(sql: SqlStorage, fault: Fault): FaultRow {
  const { id } = sql
    .exec<{ id: number }>("INSERT INTO faults (fault) VALUES (?) RETURNING id", JSON.stringify(fault))
    .one();
  return { ...fault, id, used: 0 };
}

/** Takes what spoils this call: every delay, and the oldest of the other faults. */
export function takeFaults(sql: SqlStorage, service: string, path: string): FaultRow[] {
  const due = listFaults(sql).filter((fault) => applies(fault, service, path));
  const spoiling = due.find((fault) => fault.mode !== "latency");
  const taken = due.filter((fault) => fault.mode === "latency" || fault === spoiling);
  for (const fault of taken) sql.exec("UPDATE faults SET used = used + 1 WHERE id = ?", fault.id);
  return taken;
}

export function isSpent(fault: FaultRow): boolean {
  return fault.times !== undefined && fault.used >= fault.times;
}

function applies(fault: FaultRow, service: string, path: string): boolean {
  const isHere = fault.path === undefined || path.toLowerCase().includes(fault.path.toLowerCase());
  return fault.service === service && isHere && !isSpent(fault);
}
