const columns = [
  "company_id, entity_type, entity_id, entity_id_kind, workflow_id, workflow_version, workflow_name, current_status",
  "status_label, status_color, is_final, status_since, sla_deadline, is_overdue, paused, warning_hours",
  "critical_hours, entity_details, version, seq, created_at, updated_at",
].join(", ");

/** Puts a company there: ?1 its id, ?2 how far its clock is ahead. */
export const companyStatement = `insert into companies
  (id, name, is_sandbox, clock_offset_ms, version, created_at, updated_at) values (?1, ?1, 1, ?2, 1, 0, 0)`;

/**
 * Projects many orders at once: ?1 the company, ?2 and ?3 the first number and the one after the last, ?4 what
 * their ids begin with, ?5 the deadline of all of them.
 */
export const entitiesStatement = `insert into status_entities (${columns})
  with recursive n(i) as (select cast(?2 as integer) union all select i + 1 from n where i + 1 < ?3)
  select ?1, 'order', ?4 || i, 'string', 'w', 1, 'Orders', 'open', 'Open', '#000000', 0, 0, ?5, 0, 0, 24, 72, '{}',
    1, 1, 0, 0 from n`;
