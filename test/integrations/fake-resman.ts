import { expect } from "vitest";
import type { LeadForPms, TourForPms } from "../../src/integrations/pms.ts";
import { resmanPms } from "../../src/integrations/resman/resman-pms.ts";
import { UpstreamError } from "../../src/integrations/vendor.ts";
import { ids } from "./resman-answers.ts";

/** The prospect of every recorded answer. */
export const ref = { prospectId: ids.prospect, personId: ids.person };

export const lead: LeadForPms = {
  leadId: "01990000-0000-7000-8000-000000000001",
  firstName: "Noor",
  lastName: "Vandersloot",
  email: "noor.v@example.test",
  phone: "+16025550147",
  moveInDate: "2026-06-15",
  rent: { min: null, max: 1750 },
  bedrooms: { min: 2, max: 2 },
  bathrooms: null,
  leaseMonths: null,
  occupantsCount: null,
  floorplan: null,
  unitNumber: null,
  pets: null,
  comments: [],
  firstContact: { at: "2026-04-20T16:05:00Z", channel: "chat", summary: "Asked about two-bedroom homes." },
  sourceId: "source-1",
  agentId: "agent-1",
};

export const tour: TourForPms = {
  tourId: "01990000-0000-7000-8000-00000000000a",
  revision: 0,
  startsAt: "2026-04-28T17:30:00Z",
  durationMinutes: 30,
  timeZone: "America/Phoenix",
  kind: "in_person",
  unitNumber: null,
  notes: null,
  appointmentId: null,
  agentId: "agent-1",
  sourceId: "source-1",
};

type Sent = { url: string; headers: Headers; form: URLSearchParams };
type Answer = string | Response | Error;

/** ResMan answering by method name, one list after another; the last answer of a method stays. */
export function aResman(script: Record<string, Answer[]>) {
  const sent: Sent[] = [];
  const pms = resmanPms({
    fetch: async (url, init) => {
      sent.push({ url, headers: new Headers(init.headers), form: new URLSearchParams(init.body as string) });
      const method = url.split("/").at(-1)!;
      const queue = script[method] ?? [];
      const answer = queue.length > 1 ? queue.shift() : queue[0];
      if (answer === undefined) throw new Error(`nobody expected ${method}`);
      if (answer instanceof Error) throw answer;
      return typeof answer === "string" ? new Response(answer) : answer.clone();
    },
    baseUrl: "https://resman.test",
    partnerId: "partner",
    apiKey: "s3cret-key",
    accountId: "777",
    propertyId: "5b1f2c9e-0a64-4d0b-9f43-1c2d7e8a9001",
  });
  const posts = () => sent.filter(({ form }) => form.has("Xml")).map(({ form }) => form.get("Xml")!);
  return { pms, sent, posts };
}

export async function failureOf(work: Promise<unknown>): Promise<UpstreamError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UpstreamError);
  return error as UpstreamError;
}
