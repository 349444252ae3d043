import type { Pms, PmsChoice, PmsProspect } from "../pms.ts";
import type { ResmanAccess } from "./call-resman.ts";
import {
  getApplicantsAndCurrentResidents,
  getEmployees,
  getLostProspectReasons,
  getMarketing,
  getProspectSources,
  getUnits,
  searchChangedProspects,
} from "./client.ts";
import { findProspect, getProspect } from "./find-prospect.ts";
import { readNoteMark } from "./markers.ts";
import { cancelledTourEvent, lossEvent, noteEvent, reopenEvent, showEvent } from "./mits-document.ts";
import { pushAppointment } from "./push-appointment.ts";
import { hasHeardOfCancel, hasShown, pushEvent } from "./push-event.ts";
import { pushLead } from "./push-lead.ts";
import type { MitsProspect } from "./schemas.ts";
import { homesFrom } from "./translate-homes.ts";
import { occupantFrom, prospectFrom } from "./translate.ts";

/** ResMan as a `Pms`. Every write looks first at what ResMan holds, so any of them may be repeated. */
export function resmanPms(access: ResmanAccess): Pms {
  return {
    findProspect: (lead, known) => findProspect(access, lead, known),
    pushLead: (lead, known, options) => pushLead(access, lead, known, options?.evenIfTaken ?? false),
    pushAppointment: (ref, tour) => pushAppointment(access, ref, tour),
    cancelAppointment: (ref, tour, cancel) =>
      pushEvent(access, ref, cancelledTourEvent(tour, cancel), hasHeardOfCancel(tour.tourId)),
    logShow: (ref, tour) => pushEvent(access, ref, showEvent(tour), hasShown(tour.tourId)),
    logNote: (ref, note) =>
      pushEvent(access, ref, noteEvent(note), (held) =>
        held.events.some((event) => readNoteMark(event.comments ?? "") === note.noteId),
      ),
    markLost: (ref, loss) => pushEvent(access, ref, lossEvent(loss), (held) => held.state === "lost", "lost"),
    reopen: (ref, by) =>
      pushEvent(access, ref, reopenEvent(by), (held) => held.state === "prospect", "prospect"),
    getProspect: (ref) => getProspect(access, ref),
    listChangedProspects: async (window) => latestOfEach(await searchChangedProspects(access, window)),
    listApplicantsAndResidents: async () =>
      (await getApplicantsAndCurrentResidents(access)).map(occupantFrom),
    listSources: async () => (await getProspectSources(access)).map(choiceFrom),
    listLostReasons: async () => (await getLostProspectReasons(access)).map(choiceFrom),
    listEmployees: async () =>
      (await getEmployees(access)).map((one) => ({ ...choiceFrom(one), email: one.Email })),
    listUnits: async () => homesFrom(await getUnits(access), await getMarketing(access)),
  };
}

/** Overlapping windows bring a prospect twice; the later answer is the newer one. */
function latestOfEach(found: MitsProspect[]): PmsProspect[] {
  const prospects = found.flatMap((prospect) => prospectFrom(prospect) ?? []);
  return [...new Map(prospects.map((prospect) => [prospect.ref.prospectId, prospect])).values()];
}

function choiceFrom(choice: { ID: string; Name: string }): PmsChoice {
  return { id: choice.ID, name: choice.Name };
}
