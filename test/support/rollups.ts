import { env } from "cloudflare:workers";
import {
  afterSpan,
  beginning,
  compareRollups,
  recountRollups,
  type Span,
  spanFrom,
} from "../../src/modules/status/recount-rollups.ts";

/** A company's history in spans of so many transitions; usual ones unless said. */
export async function spansOf(companyId: string, most?: number): Promise<Span[]> {
  const spans: Span[] = [];
  for (let from: number | null = beginning; from !== null;) {
    const span = await spanFrom(env.DB, companyId, from, most);
    spans.push(span);
    from = afterSpan(span);
  }
  return spans;
}

/** Rows of all of a company's sums that do not fit. */
export async function compareAll(companyId: string, most?: number): Promise<number> {
  let differences = 0;
  for (const span of await spansOf(companyId, most))
    differences += await compareRollups(env.DB, companyId, span);
  return differences;
}

export async function recountAll(companyId: string, most?: number): Promise<void> {
  for (const span of await spansOf(companyId, most)) await recountRollups(env.DB, companyId, span);
}
