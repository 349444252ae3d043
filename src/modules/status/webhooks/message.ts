import type { statusEventKinds } from "../../../db/schema/status.ts";

/** What a machine told of its entity. `at` is epoch ms. */
export type Told = {
  id: string;
  company_id: string;
  event: (typeof statusEventKinds)[number];
  entity_type: string;
  entity_id: string;
  property_id: string | null;
  /** What status filters are compared with. */
  status: string;
  /** Numbers an entity's events from 1 without gaps. */
  sequence: number;
  at: number;
  data: Record<string, {} | null | undefined>;
};

/** The body on the wire, but for the `previous_sequence` that depends on the receiver. */
export function envelopeOf({ event, at, data }: Pick<Told, "event" | "at" | "data">) {
  return { event, timestamp: new Date(at).toISOString(), data };
}
