import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createSandbox } from "../sandbox/app.ts";
import type { KeptEvent } from "../sandbox/amplitude/events.ts";
import type { Call } from "../sandbox/calls.ts";
import type { Fault } from "../sandbox/faults.ts";
import type { appointmentsOf, shown } from "../sandbox/resman/control.ts";
import type { SentMail } from "../sandbox/sendgrid/mails.ts";
import { createTables, seedOnce } from "../sandbox/tables.ts";
import type { SentText } from "../sandbox/twilio/texts.ts";

type Shown = ReturnType<typeof shown>;
type Appointment = ReturnType<typeof appointmentsOf>[number];

/** All vendors behind one `fetch`, with a memory no other test sees. */
export type Sandbox = {
  fetch: typeof fetch;
  /** Makes trouble at the vendors' door. */
  fault(fault: Fault): Promise<void>;
  clearFaults(): Promise<void>;
  calls(service: string): Promise<Call[]>;
  prospects(resmanPropertyId: string | null): Promise<Shown[]>;
  appointments(resmanPropertyId: string | null): Promise<Appointment[]>;
  /** What a leasing agent edits by hand. */
  editProspect(id: string, edit: object): Promise<void>;
  mails(to?: string): Promise<SentMail[]>;
  texts(to?: string): Promise<SentText[]>;
  /** What Amplitude has kept, each insert id once. */
  events(): Promise<KeptEvent[]>;
};

/** The vendors' memory lives in an object's database; which class it has does not matter. */
export function aSandbox(): Sandbox {
  const name = `sandbox ${crypto.randomUUID()}`;
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    // Taken anew for each call: the API calls from a request of its own, which cannot use another one's stub.
    const stub = env.RATE_LIMITER.getByName(name);
    const answer = await runInDurableObject(stub, async (_object, { storage }) => {
      createTables(storage.sql);
      seedOnce(storage.sql);
      const response = await createSandbox(storage.sql).fetch(
        new Request(`http://localhost:8788${path}`, init),
      );
      const { status, headers } = response;
      // Nothing of one object's I/O may be read outside it, so the answer is taken apart.
      return { status, headers: [...headers], text: await response.text().catch(() => null) };
    });
    if (answer.text === null) throw new TypeError("Network connection lost.");
    return new Response(answer.text, { status: answer.status, headers: answer.headers });
  };
  const json = async <Body>(path: string, method = "GET", body?: object): Promise<Body> => {
    const sent = body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {};
    const response = await ask(path, { method, ...sent });
    if (!response.ok)
      throw new Error(`sandbox: ${method} ${path} ${response.status} ${await response.text()}`);
    return response.json();
  };
  return {
    fetch: (input, init) => {
      const { pathname, search } = new URL(input instanceof Request ? input.url : input);
      const { method = "GET", headers = {}, body } = init ?? {};
      return ask(pathname + search, { method, headers, ...(typeof body === "string" ? { body } : {}) });
    },
    fault: async (fault) => void (await json("/__sandbox/faults", "POST", fault)),
    clearFaults: async () => void (await json("/__sandbox/faults", "DELETE")),
    calls: async (service) => (await json<{ calls: Call[] }>(`/__sandbox/calls?service=${service}`)).calls,
    prospects: async (id) =>
      (await json<{ prospects: Shown[] }>(`/__sandbox/resman/prospects?property_id=${id}`)).prospects,
    appointments: async (id) =>
      (await json<{ appointments: Appointment[] }>(`/__sandbox/resman/appointments?property_id=${id}`))
        .appointments,
    editProspect: async (id, edit) => void (await json(`/__sandbox/resman/prospects/${id}`, "PATCH", edit)),
    events: async () => (await json<{ events: KeptEvent[] }>("/__sandbox/amplitude/events")).events,
    texts: async (to) =>
      (
        await json<{ messages: SentText[] }>(
          `/__sandbox/twilio/messages${to ? `?to=${encodeURIComponent(to)}` : ""}`,
        )
      ).messages,
    mails: async (to) =>
      (
        await json<{ mails: SentMail[] }>(
          `/__sandbox/sendgrid/mails${to ? `?to=${encodeURIComponent(to)}` : ""}`,
        )
      ).mails,
  };
}
