import * as z from "zod";
import { parseJson } from "../read-json.ts";
import { callVendor, type Fetch, UpstreamError, waitOf } from "../vendor.ts";

export type AmplitudeAccess = {
  fetch: Fetch;
  /** Without a slash at the end, e.g. `https://api2.amplitude.com`. */
  baseUrl: string;
  apiKey: string;
};

/** An event as the HTTP V2 API takes it. Amplitude knows a repeat by its `insert_id`, for seven days. */
export type AmplitudeEvent = {
  insert_id: string;
  event_type: string;
  user_id?: string;
  device_id?: string;
  /** Epoch ms. */
  time: number;
  event_properties: Record<string, unknown>;
};

/**
 * What became of a batch. `refused`: these of its events (by place) cannot be taken, the others have not been either.
 * `throttled`: nothing was taken, these of them are too many for one visitor just now. `too_large`: send less at once.
 */
export type Upload =
  | { outcome: "taken"; events: number }
  | { outcome: "refused"; places: number[] }
  | { outcome: "throttled"; places: number[]; waitMs: number }
  | { outcome: "too_large" };

/** Amplitude's own limits are 2000 events and 1 MB; the body's other bytes must fit, too. */
export const limits = { events: 1000, bytes: 900_000 };

const vendor = "Amplitude";
const timeoutMs = 15_000;
/** How long Amplitude asks to wait where its answer does not say. */
const throttledMs = 30_000;

const Places = z.record(z.string(), z.array(z.int().min(0)));
const Answer = z.object({
  code: z.int().optional(),
  events_ingested: z.int().optional(),
  missing_field: z.string().nullish(),
  events_with_invalid_fields: Places.nullish(),
  events_with_missing_fields: Places.nullish(),
  events_with_invalid_id_lengths: Places.nullish(),
  silenced_events: z.array(z.int().min(0)).nullish(),
  throttled_events: z.array(z.int().min(0)).nullish(),
});

/** Hands a batch over. Throws UpstreamError where Amplitude is not to be reached or does not know the key. */
export async function uploadEvents(access: AmplitudeAccess, events: AmplitudeEvent[]): Promise<Upload> {
  return callVendor({
    fetch: access.fetch,
    vendor,
    url: `${access.baseUrl}/2/httpapi`,
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "*/*" },
    // Our visitors' ids are long enough, but a page may name its device as it likes.
    body: JSON.stringify({ api_key: access.apiKey, events, options: { min_id_length: 1 } }),
    timeoutMs,
    secrets: [access.apiKey],
    alsoReads: [400, 413, 429],
    parse: ({ status, headers, text }) => {
      if (status === 413) return { outcome: "too_large" };
      const read = Answer.safeParse(parseJson(text));
      if (status === 429) {
        const places = read.data?.throttled_events ?? [];
        return { outcome: "throttled", places, waitMs: waitOf(headers) ?? throttledMs };
      }
      if (!read.success) throw failure("unreadable", status, text);
      if (status === 400) return refusalIn(read.data, text);
      if (read.data.code !== undefined && read.data.code !== 200) throw failure("refused", status, text);
      return { outcome: "taken", events: read.data.events_ingested ?? events.length };
    },
  });
}

/** A refusal that names no event is about the request itself, such as a key that Amplitude does not know. */
function refusalIn(answer: z.infer<typeof Answer>, text: string): Upload {
  const { events_with_invalid_fields: invalid, events_with_missing_fields: missing } = answer;
  const lists = [invalid, missing, answer.events_with_invalid_id_lengths].flatMap((by) =>
    Object.values(by ?? {}),
  );
  const places = [...new Set([...lists.flat(), ...(answer.silenced_events ?? [])])];
  if (places.length === 0) throw failure("refused", 400, text);
  return { outcome: "refused", places };
}

function failure(kind: "unreadable" | "refused", status: number, detail: string): UpstreamError {
  return new UpstreamError({ vendor, kind, status, detail, retryable: kind === "unreadable" });
}
