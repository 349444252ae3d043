import type { PmsAppointment, PmsProspect, ProspectRef, PushedAppointment, TourForPms } from "../pms.ts";
import type { ResmanAccess } from "./call-resman.ts";
import { postEvent } from "./client.ts";
import { getProspect, mayWriteTo } from "./find-prospect.ts";
import { appointmentEvent } from "./mits-document.ts";
import { prospectFrom } from "./translate.ts";

/**
 * Books the tour, or moves the appointment that carries its mark or id. Without an id to move by, a second
 * appointment with a higher revision is posted: ResMan cannot take the first one back.
 */
export async function pushAppointment(
  access: ResmanAccess,
  ref: ProspectRef,
  tour: TourForPms,
): Promise<PushedAppointment> {
  const prospect = await getProspect(access, ref);
  if (prospect === null) return { outcome: "gone" };
  if (!mayWriteTo(prospect)) return { outcome: "read_only" };
  const held = heldAppointment(prospect, tour);
  if (held && held.revision > tour.revision) return { outcome: "stale", ...told(held) };
  if (held && isDone(held, tour)) return { outcome: "unchanged", ...told(held) };
  const event = appointmentEvent(tour, held?.appointmentId ?? null);
  const echo = await postEvent(access, prospect, event, { unitNumber: tour.unitNumber });
  const now = echo && prospectFrom(echo, ref.personId);
  return {
    outcome: held ? "moved" : "booked",
    appointmentId: (now && heldAppointment(now, tour)?.appointmentId) ?? held?.appointmentId ?? null,
    startsAt: new Date(tour.startsAt).toISOString(),
  };
}

/** Of several appointments with the tour's mark the latest revision counts, and of equals the last one. */
function heldAppointment(prospect: PmsProspect, tour: TourForPms): PmsAppointment | undefined {
  return prospect.appointments
    .filter(
      (appointment) =>
        appointment.tourId === tour.tourId ||
        (appointment.appointmentId !== null && appointment.appointmentId === tour.appointmentId),
    )
    .toSorted((a, b) => a.revision - b.revision)
    .at(-1);
}

/** With the mark of this revision on it, another time was set by the staff and stays; the poll brings it to us. */
function isDone(held: PmsAppointment, tour: TourForPms): boolean {
  const isMarked = held.tourId === tour.tourId && held.revision === tour.revision;
  return isMarked || (held.tourId === null && Date.parse(held.startsAt) === Date.parse(tour.startsAt));
}

function told(held: PmsAppointment): { appointmentId: string | null; startsAt: string } {
  return { appointmentId: held.appointmentId, startsAt: held.startsAt };
}
