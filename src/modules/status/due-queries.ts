const pageSize = 500;

const columns = "s.company_id, s.entity_type, s.entity_id, c.clock_offset_ms";
const waiting = "s.is_overdue = 0 and s.sla_deadline is not null";

/**
 * What is late and was not told, by ?1 (real epoch ms). Two questions, so that each walks an index of due rows:
 * companies on real time, and the few whose clock was moved. What they read grows with what is late, never with
 * what is there.
 */
export const dueQueries = [
  `select ${columns} from status_entities s indexed by status_entities_due
   join companies c on c.id = s.company_id
   where ${waiting} and s.sla_deadline <= ?1 and c.clock_offset_ms = 0
   order by s.sla_deadline limit ${pageSize}`,
  `select ${columns} from companies c indexed by companies_with_moved_clock
   join status_entities s indexed by status_entities_by_clock on s.company_id = c.id
   where c.clock_offset_ms <> 0 and ${waiting} and s.sla_deadline <= ?1 + c.clock_offset_ms
   order by s.sla_deadline limit ${pageSize}`,
];
