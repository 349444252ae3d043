import type { LeadForPms, MatchedBy, PmsProspect, ProspectMatch, ProspectRef } from "../pms.ts";
import type { ResmanAccess } from "./call-resman.ts";
import { type ProspectQuery, searchProspects } from "./client.ts";
import { phoneOut } from "./fields.ts";
import { matchProspect } from "./match-prospect.ts";
import { prospectFrom } from "./translate.ts";

/** The record the ids point at, seen from that person; null when ResMan has it no more. */
export async function getProspect(access: ResmanAccess, ref: ProspectRef): Promise<PmsProspect | null> {
  const found = await searchProspects(access, { prospectId: ref.prospectId });
  const prospects = found.flatMap((prospect) => prospectFrom(prospect, ref.personId) ?? []);
  return prospects.find((prospect) => prospect.ref.prospectId === ref.prospectId) ?? null;
}

/** Stored ids first; when they lead nowhere any more, or there are none, by e-mail, then phone, then names. */
export async function findProspect(
  access: ResmanAccess,
  lead: LeadForPms,
  known: ProspectRef | null,
): Promise<ProspectMatch> {
  const held = known && (await getProspect(access, known));
  if (held) return { outcome: mayWriteTo(held) ? "found" : "read_only", by: "ids", prospect: held };
  for (const { by, query } of searches(lead)) {
    const found = await searchProspects(access, query);
    const match = matchProspect(
      lead,
      by,
      found.flatMap((prospect) => prospectFrom(prospect) ?? []),
    );
    if (match.outcome !== "none") return match;
  }
  return { outcome: "none" };
}

/** Applicants and residents belong to ResMan's own workflow. */
export function mayWriteTo(prospect: PmsProspect): boolean {
  return prospect.state === "prospect" || prospect.state === "lost";
}

function searches(lead: LeadForPms): { by: Exclude<MatchedBy, "ids">; query: ProspectQuery }[] {
  const phone = phoneOut(lead.phone);
  return [
    ...(lead.email ? [{ by: "email" as const, query: { email: lead.email } }] : []),
    ...(phone ? [{ by: "phone" as const, query: { phone } }] : []),
    { by: "names" as const, query: { firstName: lead.firstName, lastName: lead.lastName } },
  ];
}
