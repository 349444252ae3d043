import type { LeadForPms, MatchedBy, PmsPerson, PmsProspect, ProspectMatch } from "../pms.ts";
import { phoneIn } from "./fields.ts";

/**
 * Which of the records a search brought up is this lead's. A search is never believed by itself: the person must
 * really carry the e-mail, phone or names. Best first: our own mark, then an open prospect, then a lost one (the
 * latest of each); only then a record we may not write to, or one that another lead of ours holds.
 */
export function matchProspect(
  lead: LeadForPms,
  by: Exclude<MatchedBy, "ids">,
  candidates: PmsProspect[],
): ProspectMatch {
  const ranked = candidates
    .flatMap((prospect) => {
      const person = prospect.people.find((one) => isPerson(lead, by, one, prospect));
      return person ? [{ prospect, person, rank: rank(lead, by, prospect, person) }] : [];
    })
    .filter(({ rank }) => rank < ranks.stranger)
    .toSorted((a, b) => a.rank - b.rank || latest(b.prospect) - latest(a.prospect));
  const best = ranked[0];
  if (!best) return { outcome: "none" };
  const prospect = seenFrom(best.prospect, best.person);
  if (best.rank === ranks.readOnly) return { outcome: "read_only", by, prospect };
  const holder = best.rank === ranks.taken ? prospect.leadIds[0] : undefined;
  return holder === undefined
    ? { outcome: "found", by, prospect }
    : { outcome: "taken", by, prospect, leadId: holder };
}

const ranks = { ours: 0, open: 1, lost: 2, readOnly: 3, taken: 4, stranger: 5 };

function rank(lead: LeadForPms, by: MatchedBy, prospect: PmsProspect, person: PmsPerson): number {
  if (person.state === "applicant" || person.state === "resident") return ranks.readOnly;
  if (person.state !== "prospect" && person.state !== "lost") return ranks.stranger;
  if (prospect.leadIds.includes(lead.leadId)) return ranks.ours;
  // Two people of one name are common: a name alone never says that a record is taken.
  if (prospect.leadIds.length > 0) return by === "names" ? ranks.stranger : ranks.taken;
  return person.state === "prospect" ? ranks.open : ranks.lost;
}

function isPerson(lead: LeadForPms, by: MatchedBy, person: PmsPerson, prospect: PmsProspect): boolean {
  switch (by) {
    case "ids":
      return false;
    case "email":
      return same(lead.email, person.email);
    case "phone":
      // Households and offices share a number, and numbers are given out again: a name must agree as well.
      return samePhone(lead, person) && (isOurs(lead, prospect) || sharesName(lead, person));
    case "names":
      return sharesBothNames(lead, person) && (isOurs(lead, prospect) || !contradicts(lead, person));
  }
}

function isOurs(lead: LeadForPms, prospect: PmsProspect): boolean {
  return prospect.leadIds.includes(lead.leadId);
}

function contradicts(lead: LeadForPms, person: PmsPerson): boolean {
  const emails = lead.email !== null && person.email !== null;
  const phones = lead.phone !== null && person.phone !== null;
  return (emails && !same(lead.email, person.email)) || (phones && !samePhone(lead, person));
}

function sharesName(lead: LeadForPms, person: PmsPerson): boolean {
  return same(lead.firstName, person.firstName) || same(lead.lastName, person.lastName);
}

function sharesBothNames(lead: LeadForPms, person: PmsPerson): boolean {
  return same(lead.firstName, person.firstName) && same(lead.lastName, person.lastName);
}

function samePhone(lead: LeadForPms, person: PmsPerson): boolean {
  const ours = phoneIn(lead.phone);
  return ours !== null && ours === phoneIn(person.phone);
}

function same(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a.trim() !== "" && a.trim().toLowerCase() === b.trim().toLowerCase();
}

function latest(prospect: PmsProspect): number {
  return Date.parse(prospect.lastUpdatedAt ?? "") || 0;
}

function seenFrom(prospect: PmsProspect, person: PmsPerson): PmsProspect {
  const { personId, state, firstName, lastName, email, phone } = person;
  return { ...prospect, ref: { ...prospect.ref, personId }, state, firstName, lastName, email, phone };
}
