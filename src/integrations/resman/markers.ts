/** Our marks in ResMan's free text: they make a record recognisable as ours when an answer, and with it the id, was lost. */
export function leadMark(leadId: string): string {
  return `DomIQ lead ${leadId}`;
}

export function tourMark(tour: { tourId: string; revision: number }): string {
  return tour.revision === 0 ? `Ref tour ${tour.tourId}` : `Ref tour ${tour.tourId} r${tour.revision}`;
}

export function noteMark(noteId: string): string {
  return `Ref note ${noteId}`;
}

export function readLeadMarks(text: string): string[] {
  return [...text.matchAll(/\bDomIQ lead ([\w-]{1,64})/gi)].flatMap(([, id]) => id ?? []);
}

export function readTourMark(text: string): { tourId: string; revision: number } | null {
  const [, tourId, revision] = /\bRef tour ([\w-]{1,64})(?: r(\d{1,6})\b)?/i.exec(text) ?? [];
  return tourId === undefined ? null : { tourId, revision: Number(revision ?? 0) };
}

export function readNoteMark(text: string): string | null {
  return /\bRef note ([\w-]{1,64})/i.exec(text)?.[1] ?? null;
}
