/** A household with an interest, as ResMan keeps it and the control interface shows it. */
export type Prospect = {
  id: string;
  account_id: string;
  property_id: string;
  last_update_date: string;
  people: Person[];
  preferences: Preferences;
  events: LeadEvent[];
};

export type PersonType = (typeof personTypes)[number];
export const personTypes = [
  "prospect",
  "lost",
  "applicant",
  "current_resident",
  "former_resident",
  "future_resident",
  "guest",
  "customer",
  "other",
  "roommate",
  "spouse",
  "guarantor",
] as const;

export type Person = {
  person_id: string;
  type: PersonType;
  first_name: string;
  last_name: string;
  email: string | null;
  phones: { type: string; number: string }[];
};

export type Extent = { min: string | null; max: string | null; exact: string | null };

export type Preferences = {
  target_move_in_date: string | null;
  desired_floorplan: string | null;
  desired_units: string[];
  desired_rent: Extent | null;
  desired_bedrooms: Extent | null;
  desired_bathrooms: Extent | null;
  desired_lease_terms: string | null;
  number_of_occupants: string | null;
  pets: { type: string; count: string; description: string | null }[];
  comments: string[];
};

export type LeadEvent = {
  event_id: string;
  event_type: string;
  /** UTC. */
  event_date: string;
  agent_id: string | null;
  event_reasons: string | null;
  first_contact: boolean;
  comments: string | null;
  transaction_source: string | null;
  /** On an accepted `CancelAppointment`: the appointment it calls off. */
  cancels: string | null;
};

export const noPreferences: Preferences = {
  target_move_in_date: null,
  desired_floorplan: null,
  desired_units: [],
  desired_rent: null,
  desired_bedrooms: null,
  desired_bathrooms: null,
  desired_lease_terms: null,
  number_of_occupants: null,
  pets: [],
  comments: [],
};

/** Stores a prospect as changed now. */
export function saveProspect(sql: SqlStorage, prospect: Omit<Prospect, "last_update_date">): Prospect {
  const now = Date.now();
  const saved = { ...prospect, last_update_date: new Date(now).toISOString() };
  sql.exec(
    "INSERT OR REPLACE INTO resman_prospects (prospect_id, property_id, updated_ms, prospect) VALUES (?, ?, ?, ?)",
    saved.id,
    saved.property_id,
    now,
    JSON.stringify(saved),
  );
  sql.exec("DELETE FROM resman_people WHERE prospect_id = ?", saved.id);
  for (const person of saved.people) {
    sql.exec(
      "INSERT INTO resman_people (person_id, prospect_id, property_id, email, phone, first_name, last_name) VALUES (?, ?, ?, ?, ?, ?, ?)",
      person.person_id,
      saved.id,
      saved.property_id,
      person.email?.toLowerCase() ?? "",
      person.phones.map(({ number }) => `|${lastTenDigits(number)}|`).join(""),
      person.first_name.toLowerCase(),
      person.last_name.toLowerCase(),
    );
  }
  return saved;
}

export function findProspect(sql: SqlStorage, id: string): Prospect | null {
  const [row] = sql
    .exec<{ prospect: string }>(
      "SELECT prospect FROM resman_prospects WHERE prospect_id = ?",
      id.toLowerCase(),
    )
    .toArray();
  return row ? (JSON.parse(row.prospect) as Prospect) : null;
}

export function listProspects(sql: SqlStorage, propertyId?: string): Prospect[] {
  return sql
    .exec<{ prospect: string }>(
      "SELECT prospect FROM resman_prospects WHERE ?1 = '' OR property_id = ?1 ORDER BY updated_ms DESC, prospect_id",
      propertyId?.toLowerCase() ?? "",
    )
    .toArray()
    .map(({ prospect }) => JSON.parse(prospect) as Prospect);
}

export type ProspectFilter = {
  id?: string | undefined;
  email?: string | undefined;
  phone?: string | undefined;
  firstName?: string | undefined;
  lastName?: string | undefined;
  /** Included. */
  fromMs?: number | undefined;
  /** Not included. */
  toMs?: number | undefined;
};

/** All that is given must hold. */
export function searchStored(sql: SqlStorage, propertyId: string, filter: ProspectFilter): Prospect[] {
  return sql
    .exec<{ prospect: string }>(
      `SELECT prospect FROM resman_prospects AS p
       WHERE property_id = ?1 AND (?2 = '' OR prospect_id = ?2)
         AND updated_ms >= ?3 AND updated_ms < ?4
         AND EXISTS (
           SELECT 1 FROM resman_people WHERE prospect_id = p.prospect_id
             AND (?5 = '' OR email = ?5) AND (?6 = '' OR instr(phone, ?6) > 0)
             AND (?7 = '' OR first_name = ?7) AND (?8 = '' OR last_name = ?8)
         )
       ORDER BY updated_ms, prospect_id`,
      propertyId,
      filter.id?.toLowerCase() ?? "",
      filter.fromMs ?? 0,
      filter.toMs ?? Number.MAX_SAFE_INTEGER,
      filter.email?.toLowerCase() ?? "",
      filter.phone ? `|${lastTenDigits(filter.phone)}|` : "",
      filter.firstName?.toLowerCase() ?? "",
      filter.lastName?.toLowerCase() ?? "",
    )
    .toArray()
    .map(({ prospect }) => JSON.parse(prospect) as Prospect);
}

function lastTenDigits(phone: string): string {
  return phone.replaceAll(/\D/g, "").slice(-10);
}
