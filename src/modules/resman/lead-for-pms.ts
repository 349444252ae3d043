import type { leads } from "../../db/schema/conversations.ts";
import type { tours } from "../../db/schema/tours.ts";
import type { LeadForPms, Pet, PetKind, ProspectFields, Range, TourForPms } from "../../integrations/pms.ts";

type LeadRow = typeof leads.$inferSelect;
type TourRow = typeof tours.$inferSelect;

/** The source and the agent a property's leads come in under, as the vendor's ids. */
export type Mapping = { sourceId: string; agentId: string };

/** Our lead in the words of the port. */
export function leadForPms(lead: LeadRow, { sourceId, agentId }: Mapping): LeadForPms {
  return {
    leadId: lead.id,
    ...fieldsOf(lead),
    comments: commentsOf(lead),
    firstContact: {
      at: lead.createdAt.toISOString(),
      channel: lead.conversationId === null ? channelOf(lead.source) : "chat",
      summary: summaryOf(lead),
    },
    sourceId,
    agentId,
  };
}

/** What the vendor is told of a lead and can be told again when it changes; the first contact is history. */
export function toldOf(lead: LeadRow): { fields: ProspectFields; comments: string[] } {
  return { fields: fieldsOf(lead), comments: commentsOf(lead) };
}

export function tourForPms(tour: TourRow, timeZone: string, { sourceId, agentId }: Mapping): TourForPms {
  return {
    tourId: tour.id,
    revision: tour.version - 1,
    startsAt: tour.startsAt.toISOString(),
    durationMinutes: tour.durationMinutes,
    timeZone,
    kind: tour.tourType,
    unitNumber: tour.unitInterest,
    notes: tour.specialRequests,
    appointmentId: tour.resmanEventId,
    sourceId,
    agentId,
  };
}

function fieldsOf(lead: LeadRow): ProspectFields {
  return {
    firstName: lead.firstName ?? "",
    lastName: lead.lastName ?? "",
    email: lead.email,
    phone: lead.phone,
    moveInDate: lead.moveInDate,
    rent: range(lead.priceRangeMin, lead.priceRangeMax),
    bedrooms: range(lead.bedrooms, lead.bedrooms),
    bathrooms: range(lead.bathrooms, lead.bathrooms),
    leaseMonths: lead.leaseMonths,
    occupantsCount: lead.occupantsCount,
    floorplan: null,
    unitNumber: null,
    pets: lead.hasPets ? petsOf(lead.petDetails) : null,
  };
}

/** Facts the vendor has no field for. */
function commentsOf(lead: LeadRow): string[] {
  return lead.furnished ? ["Looks for a furnished home"] : [];
}

function range(min: number | null, max: number | null): Range | null {
  return min === null && max === null ? null : { min, max };
}

const kinds: [PetKind, RegExp][] = [
  ["dog", /\b(?:dog|puppy|puppies)s?\b/i],
  ["cat", /\b(?:cat|kitten)s?\b/i],
  ["bird", /\b(?:bird|parrot|parakeet)s?\b/i],
  ["reptile", /\b(?:reptile|lizard|gecko|snake|turtle)s?\b/i],
  ["fish", /\bfish(?:es)?\b/i],
];

const numbers: Record<string, number> = { two: 2, three: 3, four: 4 };

/** Kinds and numbers out of what the person said ("two cats and a dog"); the words themselves travel along. */
function petsOf(details: unknown): Pet[] {
  const said = typeof details === "string" ? details : details ? JSON.stringify(details) : "";
  const found = kinds.flatMap(([kind, pattern]): Pet[] =>
    pattern.test(said) ? [{ kind, count: countBefore(said, pattern), description: said }] : [],
  );
  return found.length > 0 ? found : [{ kind: "other", count: 1, description: said || null }];
}

function countBefore(said: string, pattern: RegExp): number {
  const before = new RegExp(String.raw`(\d|two|three|four)\s+(?:\w+\s+)?${pattern.source}`, "i").exec(
    said,
  )?.[1];
  return before === undefined ? 1 : (numbers[before.toLowerCase()] ?? (Number(before) || 1));
}

function channelOf(source: string | null): LeadForPms["firstContact"]["channel"] {
  if (source === "phone") return "phone";
  if (source === "walk_in") return "walk_in";
  return source === "email" ? "email" : "web_form";
}

function summaryOf(lead: LeadRow): string {
  const wishes = [
    lead.bedrooms === null ? null : lead.bedrooms === 0 ? "a studio" : `${lead.bedrooms} bedrooms`,
    lead.priceRangeMax === null ? null : `up to $${lead.priceRangeMax} a month`,
    lead.moveInDate === null ? null : `from ${lead.moveInDate}`,
  ].filter((wish) => wish !== null);
  const came = lead.conversationId === null ? "Came in online." : "Wrote in the web site's chat.";
  return wishes.length > 0 ? `${came} Looks for ${wishes.join(", ")}.` : came;
}
