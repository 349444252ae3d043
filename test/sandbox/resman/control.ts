import { Hono } from "hono";
import * as z from "zod";
import { refusal, validBody } from "../valid.ts";
import { listProperties, lostReasonsOf } from "./properties.ts";
import {
  findProspect,
  type LeadEvent,
  listProspects,
  personTypes,
  type Prospect,
  saveProspect,
} from "./prospects.ts";
import { readSettings, Settings, writeSettings } from "./settings.ts";

const amount = z.union([z.number().min(0), z.string().regex(/^\d+(\.\d{1,2})?$/)]).transform(String);
const Extent = z
  .strictObject({ min: amount.nullish(), max: amount.nullish(), exact: amount.nullish() })
  .transform(({ min, max, exact }) => ({ min: min ?? null, max: max ?? null, exact: exact ?? null }));

const Preferences = z.strictObject({
  target_move_in_date: z.iso.date().nullable(),
  desired_floorplan: z.string().nullable(),
  desired_units: z.array(z.string()),
  desired_rent: Extent.nullable(),
  desired_bedrooms: Extent.nullable(),
  desired_bathrooms: Extent.nullable(),
  desired_lease_terms: amount.nullable(),
  number_of_occupants: amount.nullable(),
  pets: z.array(
    z.strictObject({ type: z.string(), count: amount, description: z.string().nullable().default(null) }),
  ),
  comments: z.array(z.string().max(1000)).max(5),
});

const Event = z.strictObject({
  /** Of the event to change; a new one when absent. */
  event_id: z.string().optional(),
  event_type: z.string().optional(),
  event_date: z.iso
    .datetime({ offset: true })
    .transform((date) => new Date(date).toISOString())
    .optional(),
  agent_id: z.string().nullable().optional(),
  event_reasons: z.string().nullable().optional(),
  comments: z.string().max(1000).nullable().optional(),
});

/** What a leasing agent may change by hand. Name, e-mail, phone and type are the main contact's. */
const Edit = z
  .strictObject({
    first_name: z.string().min(1).max(50),
    last_name: z.string().min(1).max(50),
    email: z.email().max(80).nullable(),
    phone: z.string().min(1).max(20).nullable(),
    type: z.enum(personTypes),
    /** With type `lost`: one of the account's lost reasons, by id. */
    lost_reason_id: z.string(),
    /** The agent whose prospect it becomes. */
    agent_id: z.string(),
    preferences: Preferences.partial(),
    events: z.array(Event),
  })
  .partial();
type Edit = z.output<typeof Edit>;

export function resmanControlRoutes(sql: SqlStorage): Hono {
  const routes = new Hono();

  routes.get("/settings", (c) => c.json(readSettings(sql)));
  routes.patch("/settings", async (c) => {
    // A default must not slip in for what was not sent.
    const sent = await c.req.raw
      .clone()
      .json<object>()
      .catch(() => ({}));
    const read = Object.entries(await validBody(c, Settings.partial()));
    return c.json(writeSettings(sql, Object.fromEntries(read.filter(([name]) => name in sent))));
  });

  routes.get("/properties", (c) => c.json({ properties: listProperties(sql) }));

  routes.get("/prospects", (c) => {
    const prospects = listProspects(sql, c.req.query("property_id")).map(shown);
    return c.json({ prospects });
  });
  routes.get("/prospects/:id", (c) => c.json(shown(mustFind(sql, c.req.param("id")))));
  routes.patch("/prospects/:id", async (c) => {
    const prospect = mustFind(sql, c.req.param("id"));
    const edit = await validBody(c, Edit);
    return c.json(shown(saveProspect(sql, edited(sql, prospect, edit))));
  });

  routes.get("/appointments", (c) => {
    const zones = new Map(listProperties(sql).map((property) => [property.propertyId, property.timeZone]));
    const appointments = listProspects(sql, c.req.query("property_id")).flatMap((prospect) =>
      appointmentsOf(prospect, zones.get(prospect.property_id) ?? "UTC"),
    );
    return c.json({
      appointments: appointments.toSorted((a, b) => a.event_date.localeCompare(b.event_date)),
    });
  });

  return routes;
}

/** The record with its main contact on top, the way one would look at it. */
export function shown(prospect: Prospect) {
  const [main] = prospect.people;
  const { id, account_id, property_id, last_update_date, ...rest } = prospect;
  return {
    id,
    account_id,
    property_id,
    last_update_date,
    person_id: main?.person_id ?? null,
    type: main?.type ?? null,
    first_name: main?.first_name ?? null,
    last_name: main?.last_name ?? null,
    email: main?.email ?? null,
    phone: main?.phones[0]?.number ?? null,
    ...rest,
  };
}

export function appointmentsOf(prospect: Prospect, timeZone: string) {
  const cancelled = new Set(prospect.events.map(({ cancels }) => cancels));
  const main = prospect.people[0];
  return prospect.events
    .filter(({ event_type }) => event_type === "Appointment")
    .map((event) => ({
      event_id: event.event_id,
      event_date: event.event_date,
      local_time: localTime(event.event_date, timeZone),
      time_zone: timeZone,
      comments: event.comments,
      is_cancelled: cancelled.has(event.event_id),
      prospect_id: prospect.id,
      prospect_name: `${main?.first_name} ${main?.last_name}`,
      property_id: prospect.property_id,
    }));
}

export function localTime(utc: string, timeZone: string): string {
  return new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "short", timeZone })
    .format(new Date(utc))
    .replaceAll(/\s/g, " ");
}

function mustFind(sql: SqlStorage, id: string): Prospect {
  const prospect = findProspect(sql, id);
  if (!prospect) throw refusal(404, `There is no prospect ${id}`);
  return prospect;
}

function edited(sql: SqlStorage, prospect: Prospect, edit: Edit): Prospect {
  const [main, ...others] = prospect.people;
  if (!main) return prospect;
  const person = {
    ...main,
    first_name: edit.first_name ?? main.first_name,
    last_name: edit.last_name ?? main.last_name,
    email: edit.email === undefined ? main.email : edit.email,
    phones:
      edit.phone === undefined
        ? main.phones
        : edit.phone === null
          ? []
          : [{ type: "cell", number: edit.phone }],
    type: edit.type ?? main.type,
  };
  const owned = edit.agent_id
    ? prospect.events.map((event) =>
        event.first_contact ? { ...event, agent_id: edit.agent_id ?? null } : event,
      )
    : prospect.events;
  return {
    ...prospect,
    people: [person, ...others],
    preferences: { ...prospect.preferences, ...defined(edit.preferences ?? {}) },
    events: (edit.events ?? []).reduce(withEdit, [...owned, ...moved(sql, prospect, main.type, edit)]),
  };
}

/** The event ResMan itself writes when an agent loses a prospect or takes it up again. */
function moved(sql: SqlStorage, prospect: Prospect, before: string, edit: Edit): LeadEvent[] {
  const isLost = edit.type === "lost" && before !== "lost";
  const isBack = edit.type === "prospect" && before === "lost";
  if (!isLost && !isBack) return [];
  const reasons = lostReasonsOf(sql, prospect.account_id);
  const reason = edit.lost_reason_id ? reasons.find(({ id }) => id === edit.lost_reason_id) : reasons[0];
  if (isLost && !reason) throw refusal(422, `There is no lost reason ${edit.lost_reason_id}`);
  return [
    {
      ...newEvent(isLost ? "Cancel" : "ReActivate", new Date().toISOString()),
      event_reasons: isLost ? `Prospect Lost: ${reason?.name}` : null,
      transaction_source: isLost ? (reason?.id ?? null) : null,
    },
  ];
}

function withEdit(events: LeadEvent[], edit: z.output<typeof Event>): LeadEvent[] {
  const { event_id, ...changes } = edit;
  if (event_id === undefined) {
    const { event_type, event_date } = changes;
    if (!event_type || !event_date) throw refusal(422, "A new event needs event_type and event_date");
    return [...events, { ...newEvent(event_type, event_date), ...defined(changes) }];
  }
  if (!events.some((event) => event.event_id === event_id))
    throw refusal(422, `There is no event ${event_id}`);
  return events.map((event) => (event.event_id === event_id ? { ...event, ...defined(changes) } : event));
}

function newEvent(event_type: string, event_date: string): LeadEvent {
  return {
    event_id: crypto.randomUUID(),
    event_type,
    event_date,
    agent_id: null,
    event_reasons: null,
    first_contact: false,
    comments: null,
    transaction_source: null,
    cancels: null,
  };
}

/** `exactOptionalPropertyTypes` in mind: a key that is there with undefined is not there. */
function defined<Changes extends object>(
  changes: Changes,
): { [Key in keyof Changes]?: Exclude<Changes[Key], undefined> } {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as never;
}
