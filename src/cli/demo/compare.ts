import { type Api, listAll } from "./api.ts";
import { type Conversation, tallyMessages, tallySlots, type Tour } from "./tally.ts";
import type { Played, Property } from "./visitor.ts";

const drainMs = 180_000;

type Lead = { id: string; conversation_id: string | null; email: string | null };
type Prospect = { id: string; people: { email: string | null }[] };
type Appointment = { prospect_id: string };

/** What our side and ResMan hold of these visitors, once ResMan has what it was sent. */
export async function compare(sandboxOrigin: string, staff: Api, property: Property, played: Played[]) {
  const ours = new Set(played.map((one) => one.conversationId));
  const emails = new Set(played.map((one) => one.email));
  const mine = <Row extends { conversation_id: string | null }>(rows: Row[]) =>
    rows.filter((row) => row.conversation_id !== null && ours.has(row.conversation_id));
  const scope = `property_id=${property.id}`;
  const conversations = (await listAll<Conversation>(staff, `/api/conversations?${scope}`)).filter((row) =>
    ours.has(row.id),
  );
  const leads = mine(await listAll<Lead>(staff, `/api/leads?${scope}`));
  const tours = mine(await listAll<Tour>(staff, `/api/tours?${scope}`)).filter(
    (tour) => tour.status !== "cancelled",
  );
  const resman = await drained(sandboxOrigin, emails, leads.length, tours.length);
  const { lost, repeated } = tallyMessages(played);
  return {
    leads: leads.length,
    slots: tallySlots(played, conversations, tours, property.time_zone),
    tours_expected: played.length,
    tours_booked: tours.length,
    resman_prospects_expected: leads.length,
    resman_prospects: resman.prospects,
    resman_appointments_expected: tours.length,
    resman_appointments: resman.appointments,
    messages_lost: lost,
    messages_repeated: repeated,
  };
}

export type Report = Awaited<ReturnType<typeof compare>>;

/** Waits until ResMan holds what was sent, as long as that takes within reason; then counts. */
async function drained(sandboxOrigin: string, emails: Set<string>, prospects: number, appointments: number) {
  const until = Date.now() + drainMs;
  for (;;) {
    const held = await heldByResman(sandboxOrigin, emails);
    if ((held.prospects >= prospects && held.appointments >= appointments) || Date.now() > until) return held;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function heldByResman(sandboxOrigin: string, emails: Set<string>) {
  const read = async <Row>(path: string): Promise<Row[]> => {
    const answer = await fetch(`${sandboxOrigin}${path}`).catch(() => null);
    if (!answer?.ok) return [];
    const body = (await answer.json()) as Record<string, Row[]>;
    return Object.values(body).find(Array.isArray) ?? [];
  };
  const prospects = (await read<Prospect>("/__sandbox/resman/prospects")).filter((prospect) =>
    prospect.people.some((person) => person.email !== null && emails.has(person.email)),
  );
  const ids = new Set(prospects.map((prospect) => prospect.id));
  const appointments = await read<Appointment>("/__sandbox/resman/appointments");
  return {
    prospects: prospects.length,
    appointments: appointments.filter((appointment) => ids.has(appointment.prospect_id)).length,
  };
}

/** Every visitor has a lead and a tour, ResMan knows all of them, and no message was lost or repeated. */
export function agrees(report: Report): boolean {
  return (
    report.leads === report.tours_expected &&
    report.tours_booked === report.tours_expected &&
    report.resman_prospects === report.resman_prospects_expected &&
    report.resman_appointments === report.resman_appointments_expected &&
    report.messages_lost === 0 &&
    report.messages_repeated === 0
  );
}
