import type {
  LeadForPms,
  PmsProspect,
  ProspectFields,
  ProspectMatch,
  ProspectRef,
  PushedLead,
} from "../pms.ts";
import { UpstreamError } from "../vendor.ts";
import type { ResmanAccess } from "./call-resman.ts";
import { postLead } from "./client.ts";
import { asStored, changedFields, lengths } from "./fields.ts";
import { findProspect } from "./find-prospect.ts";
import { leadMark } from "./markers.ts";
import { firstContactEvent, newProspect, prospectUpdate, reopenEvent } from "./mits-document.ts";
import { prospectFrom } from "./translate.ts";

/**
 * Looks before it writes: a repeat after a lost answer finds what the first try made. Says only what differs. A
 * record of unknown origin is attached by an event with our mark, and re-opened if it was lost: its person is back.
 */
export async function pushLead(
  access: ResmanAccess,
  lead: LeadForPms,
  known: ProspectRef | null,
  evenIfTaken: boolean,
): Promise<PushedLead> {
  const match = await findProspect(access, lead, known);
  switch (match.outcome) {
    case "none":
      return createProspect(access, lead);
    case "taken":
      if (evenIfTaken) return createProspect(access, lead);
      return { outcome: "taken", ref: match.prospect.ref, prospect: match.prospect, leadId: match.leadId };
    case "read_only":
      return { outcome: "read_only", ref: match.prospect.ref, prospect: match.prospect };
    case "found":
      return updateProspect(access, lead, match);
  }
}

async function createProspect(access: ResmanAccess, lead: LeadForPms): Promise<PushedLead> {
  const echo = await postLead(access, newProspect(lead));
  const made = echo && prospectFrom(echo);
  if (!made) {
    throw new UpstreamError({
      vendor: "ResMan",
      kind: "unexpected",
      status: 200,
      detail: "a prospect was created but its ids did not come back",
      // The next try finds it by its mark.
      retryable: true,
    });
  }
  return { outcome: "created", ref: made.ref, state: "prospect", agreed: asStored(lead) };
}

async function updateProspect(
  access: ResmanAccess,
  lead: LeadForPms,
  { prospect: held, by }: Extract<ProspectMatch, { outcome: "found" }>,
): Promise<PushedLead> {
  const isAttaching = by !== "ids" && !held.leadIds.includes(lead.leadId);
  const isReopening = isAttaching && held.state === "lost";
  const changed = changedFields(lead, held);
  const comments = addedComments(lead, held);
  const known = { ref: held.ref, state: isReopening ? ("prospect" as const) : held.state };
  if (!isAttaching && changed.length === 0 && comments.length === 0) {
    return { outcome: "unchanged", ...known, agreed: fieldsOf(held) };
  }
  const arrival = isAttaching ? [firstContactEvent(lead, false)] : [];
  const reopening = isReopening ? [reopenEvent({ agentId: lead.agentId, at: lead.firstContact.at })] : [];
  await postLead(
    access,
    prospectUpdate(
      { ...held, state: known.state },
      { fields: lead, changed, comments, events: [...reopening, ...arrival] },
    ),
  );
  return { outcome: isAttaching ? "attached" : "updated", ...known, agreed: overlaid(held, lead, changed) };
}

/** All comments to write, theirs among them since a write may replace them; none when ours are there already. */
function addedComments(lead: LeadForPms, held: PmsProspect): string[] {
  const mark = leadMark(lead.leadId);
  const theirs = held.comments.filter((comment) => comment !== mark);
  const all = [...new Set([mark, ...theirs, ...lead.comments])].slice(0, lengths.comments);
  return all.some((comment) => comment !== mark && !theirs.includes(comment)) ? all : [];
}

function overlaid(held: PmsProspect, lead: LeadForPms, changed: (keyof ProspectFields)[]): ProspectFields {
  const ours = asStored(lead);
  return { ...fieldsOf(held), ...Object.fromEntries(changed.map((field) => [field, ours[field]])) };
}

function fieldsOf(fields: ProspectFields): ProspectFields {
  return asStored(fields);
}
