import type { PmsProspect, ProspectRef, Pushed } from "../pms.ts";
import type { ResmanAccess } from "./call-resman.ts";
import { postEvent } from "./client.ts";
import { getProspect, mayWriteTo } from "./find-prospect.ts";
import { readTourMark } from "./markers.ts";
import type { XmlNode } from "./mits-xml.ts";

/** Adds an event unless `isThere` finds it on the record already. */
export async function pushEvent(
  access: ResmanAccess,
  ref: ProspectRef,
  event: XmlNode,
  isThere: (held: PmsProspect) => boolean,
  as?: "prospect" | "lost",
): Promise<Pushed> {
  const held = await getProspect(access, ref);
  if (held === null) return { outcome: "gone" };
  if (!mayWriteTo(held)) return { outcome: "read_only" };
  if (isThere(held)) return { outcome: "unchanged" };
  await postEvent(access, held, event, as ? { as } : {});
  return { outcome: "done" };
}

export function hasShown(tourId: string) {
  return (held: PmsProspect): boolean =>
    held.events.some((event) => event.kind === "show" && isAbout(event.comments, tourId));
}

export function hasHeardOfCancel(tourId: string) {
  return (held: PmsProspect): boolean =>
    held.events.some(
      (event) => isAbout(event.comments, tourId) && /^tour cancelled/i.test(event.comments ?? ""),
    );
}

function isAbout(comments: string | null, tourId: string): boolean {
  return readTourMark(comments ?? "")?.tourId === tourId;
}
