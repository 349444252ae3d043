import { Webhook } from "standardwebhooks";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, vi } from "vitest";

/** One message as it arrived. */
export type Arrived = { url: string; headers: Record<string, string>; body: string };

type Reply = (message: Arrived, init: RequestInit) => Response | Promise<Response>;

const replies = new Map<string, Reply>();
const addresses = new Map<string, string[]>();
let nameServiceIsUp = true;

/** Stands in for the world outside while the tests of a file run: a name service and the receivers they made. */
export function onAnInternetOfOurOwn(): void {
  beforeAll(() => {
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init = {}) => {
      const url = new URL(input instanceof Request ? input.url : input);
      if (url.hostname === "cloudflare-dns.com") return nameService(url);
      const reply = replies.get(url.host);
      if (!reply) throw new TypeError(`nobody listens at ${url.host}`);
      const headers = Object.fromEntries(new Headers(init.headers as HeadersInit));
      return reply({ url: url.href, headers, body: init.body as string }, init as RequestInit);
    });
  });
  afterAll(() => {
    vi.restoreAllMocks();
  });
}

function nameService({ searchParams }: URL): Response {
  if (!nameServiceIsUp) return new Response("down", { status: 503 });
  const known = addresses.get(searchParams.get("name") ?? "") ?? [];
  const type = searchParams.get("type") === "A" ? 1 : 28;
  const mine = known.filter((address) => (type === 1) === address.includes("."));
  return Response.json({ Status: 0, Answer: mine.map((data) => ({ type, data })) });
}

/** Nothing can be looked up while the work lasts. */
export async function withoutNames<Result>(work: () => Promise<Result>): Promise<Result> {
  nameServiceIsUp = false;
  try {
    return await work();
  } finally {
    nameServiceIsUp = true;
  }
}

/** A web server of a test's own that takes messages; it says yes until told otherwise. */
export function aReceiver(path = "/hooks") {
  const host = `hooks-${uuidv7().slice(-12)}.example.com`;
  const arrived: Arrived[] = [];
  let reply: Reply = () => new Response("ok");
  addresses.set(host, ["93.184.216.34"]);
  replies.set(host, (message, init) => {
    arrived.push(message);
    return reply(message, init);
  });
  return {
    url: `https://${host}${path}`,
    host,
    arrived,
    replies: (next: Reply | number, headers: Record<string, string> = {}) => {
      reply =
        typeof next === "function" ? next : () => new Response(`it is ${next}`, { status: next, headers });
    },
    /** What its name leads to from now on. */
    movesTo: (...to: string[]) => void addresses.set(host, to),
    bodies: () => arrived.map(({ body }) => JSON.parse(body) as Told),
    /** What it was told, in short: `sequence to_status`. */
    story: () => arrived.map(({ body }) => summary(JSON.parse(body) as Told)),
  };
}

export type Receiver = ReturnType<typeof aReceiver>;
// oxlint-disable-next-line typescript/no-explicit-any -- a body as it came over the wire
export type Told = { event: string; timestamp: string; data: any };

function summary({ data }: Told): string {
  return `${data.sequence} ${data.to_status ?? data.status}`;
}

/** What the official library makes of a message; throws when the signature is not this secret's. */
export function verified(secret: string, { headers, body }: Arrived): unknown {
  return new Webhook(secret).verify(body, headers);
}
