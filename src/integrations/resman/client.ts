import { callResman, isTooMuch, type ResmanAccess } from "./call-resman.ts";
import { type Addressee, leadManagement, prospectEvent } from "./mits-document.ts";
import { writeXml, type XmlNode } from "./mits-xml.ts";
import {
  EmployeesAnswer,
  LeadManagementAnswer,
  LostProspectReasonsAnswer,
  MarketingAnswer,
  type MitsProspect,
  OccupantsAnswer,
  ProspectSourcesAnswer,
  UnitsAnswer,
} from "./schemas.ts";

export type ProspectQuery =
  | { prospectId: string }
  | { email: string }
  | { phone: string }
  | { firstName: string; lastName: string }
  | { from: string; to: string };

/** Creates a prospect, or updates the one whose ids the node carries. Answers with what ResMan echoes: the ids at least. */
export async function postLead(access: ResmanAccess, prospect: XmlNode): Promise<MitsProspect | null> {
  const answer = await callResman(access, {
    path: "MITS/PostLeadManagement4_0",
    format: "xml",
    schema: LeadManagementAnswer,
    fields: { Xml: writeXml(leadManagement(prospect)) },
  });
  return answer.ResMan.Response?.LeadManagement?.Prospects?.Prospect[0] ?? null;
}

/** Adds one event to a prospect: an appointment, a note, a show, a loss (`as: "lost"`), a re-opening (`as: "prospect"`). */
export async function postEvent(
  access: ResmanAccess,
  held: Addressee,
  event: XmlNode,
  options: Parameters<typeof prospectEvent>[2] = {},
): Promise<MitsProspect | null> {
  return postLead(access, prospectEvent(held, event, options));
}

export async function searchProspects(access: ResmanAccess, query: ProspectQuery): Promise<MitsProspect[]> {
  const answer = await callResman(access, {
    path: "MITS/SearchProspects",
    format: "xml",
    schema: LeadManagementAnswer,
    fields: searchFields(query),
    timeoutMs: 30_000,
  });
  return answer.ResMan.Response?.LeadManagement?.Prospects?.Prospect ?? [];
}

const shortestWindowMs = 10_000;

/**
 * Prospects changed in a window, which is halved for as long as ResMan's gateway finds the answer too big; below ten
 * seconds the failure stands. Whether the bounds count is not documented, so halves overlap by a second: a prospect
 * may come twice.
 */
export async function searchChangedProspects(
  access: ResmanAccess,
  window: { from: string; to: string },
): Promise<MitsProspect[]> {
  const found: MitsProspect[] = [];
  const windows = [{ from: Date.parse(window.from), to: Date.parse(window.to) }];
  for (let next = windows.pop(); next; next = windows.pop()) {
    try {
      found.push(...(await searchProspects(access, { from: iso(next.from), to: iso(next.to) })));
    } catch (error) {
      if (!isTooMuch(error) || next.to - next.from <= shortestWindowMs) throw error;
      const middle = Math.floor((next.from + next.to) / 2);
      windows.push({ from: middle - 1000, to: next.to }, { from: next.from, to: middle });
    }
  }
  return found;
}

export async function getProspectSources(access: ResmanAccess) {
  return callResman(access, {
    path: "Leasing/GetProspectSources",
    format: "json",
    schema: ProspectSourcesAnswer,
  });
}

export async function getLostProspectReasons(access: ResmanAccess) {
  return callResman(access, {
    path: "Leasing/GetLostProspectReasons",
    scope: "account",
    format: "json",
    schema: LostProspectReasonsAnswer,
  });
}

export async function getEmployees(access: ResmanAccess) {
  return callResman(access, { path: "Leasing/GetEmployees", format: "json", schema: EmployeesAnswer });
}

/** All units, those not marketed included. */
export async function getUnits(access: ResmanAccess) {
  return callResman(access, { path: "Property/GetUnits", format: "json", schema: UnitsAnswer });
}

export async function getApplicantsAndCurrentResidents(access: ResmanAccess) {
  return callResman(access, {
    path: "Leasing/GetApplicantsAndCurrentResidents",
    format: "json",
    schema: OccupantsAnswer,
  });
}

/** Marketed units and floor plans; offer rents are net of concessions. */
export async function getMarketing(access: ResmanAccess) {
  const answer = await callResman(access, {
    path: "MITS/GetMarketing4_0",
    format: "xml",
    schema: MarketingAnswer,
    fields: { includeConcessionsInLeaseTermPricing: "True" },
    timeoutMs: 60_000,
  });
  const property = answer.ResMan.Response?.PhysicalProperty?.Property[0];
  return { units: property?.ILS_Unit ?? [], floorplans: property?.Floorplan ?? [] };
}

function searchFields(query: ProspectQuery): Record<string, string> {
  if ("prospectId" in query) return { ProspectID: query.prospectId };
  if ("email" in query) return { Email: query.email };
  if ("phone" in query) return { Phone: query.phone };
  if ("firstName" in query) return { FirstName: query.firstName, LastName: query.lastName };
  return { ModifiedStartDateTime: resmanTime(query.from), ModifiedEndDateTime: resmanTime(query.to) };
}

/** `2026-04-20 16:05:00.000+00:00`, the form the filters are known to take. */
function resmanTime(at: string): string {
  return new Date(at).toISOString().replace("T", " ").replace("Z", "+00:00");
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
