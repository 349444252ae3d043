import { apiAt } from "../../src/cli/demo/api.ts";
import type { Answered } from "./judge.ts";
import type { Attack } from "./attacks.ts";

type Demo = {
  password: string;
  companies: {
    id: string;
    accounts: { email: string; role: string }[];
    properties: { id: string; embed_key: string }[];
  }[];
};
type Row = { id?: string; contact_id?: string };

/** Longer than any answer may take. */
const patienceMs = 30_000;
/** Tokens end after fifteen minutes. */
const tokenForMs = 10 * 60_000;

type Caller = "company_admin" | "agent" | "visitor";

/** Mostly somebody who may do much, so that a request comes as far as it can. */
const usual: Caller[] = [
  "company_admin",
  "company_admin",
  "company_admin",
  "company_admin",
  "agent",
  "visitor",
];

/** The demo of a running server: its people, who take turns in asking, and ids of things that are there. */
export async function openServer(origin: string, callers: Caller[] = usual) {
  const demo = await apiAt(origin).get<Demo>("/api/test/demo");
  const [company] = demo.companies;
  const [property] = company?.properties ?? [];
  if (!company || !property) throw new Error(`the server at ${origin} has no demo`);
  const tokenOf: Record<Caller, () => Promise<string>> = {
    company_admin: tokens(() => login(origin, demo, "company_admin")),
    agent: tokens(() => login(origin, demo, "agent")),
    visitor: tokens(() => visit(origin, property.embed_key)),
  };
  const known = { companies: company.id, properties: property.id };
  const ids = await idsAt(origin, await tokenOf.company_admin(), known);
  let turn = 0;
  return {
    /** The path with ids for its parameters. */
    fill: (template: string) => fillFrom(ids, template),
    /** Remembers what was made at a path: `/api/email/drafts` is where drafts are made. */
    learn(template: string, answer: string) {
      const list = template.split("/").at(-1) ?? "";
      const row = rowsIn(parseJson(answer))[0];
      const id = row?.id ?? row?.contact_id;
      if (id !== undefined && !template.endsWith("}")) ids[list] = id;
    },
    /** A body with the ids of things that are there. */
    name: (body: unknown) => nameIn(ids, body),
    async send({ method, path, headers, body }: Attack): Promise<Answered> {
      const token = await tokenOf[callers[(turn += 1) % callers.length] ?? "company_admin"]();
      const request = (): Promise<Response> =>
        fetch(origin + path, {
          method,
          headers: { authorization: `Bearer ${token}`, ...headers },
          body,
          redirect: "manual",
          signal: AbortSignal.timeout(patienceMs),
        });
      // A body that is refused before it has arrived takes its connection with it, and whoever else was to use it.
      const answer = await request().catch((error: unknown) => {
        if (error instanceof TypeError) return request();
        throw error;
      });
      return { status: answer.status, headers: answer.headers, text: await answer.text() };
    },
  };
}

async function login(origin: string, demo: Demo, role: string): Promise<string> {
  const email = demo.companies[0]?.accounts.find((account) => account.role === role)?.email;
  const { access_token: token } = await apiAt(origin).post<{ access_token: string }>("/api/auth/login", {
    email,
    password: demo.password,
  });
  return token;
}

async function visit(origin: string, embedKey: string): Promise<string> {
  const path = `/api/users/browser/fuzz-${crypto.randomUUID()}/session`;
  return (await apiAt(origin).post<{ token: string }>(path, { embed_key: embedKey })).token;
}

function tokens(open: () => Promise<string>): () => Promise<string> {
  let known: { token: string; at: number } | undefined;
  return async () => {
    if (!known || Date.now() - known.at > tokenForMs) known = { token: await open(), at: Date.now() };
    return known.token;
  };
}

const lists = ["property-managers", "users", "conversations", "leads", "tours", "contacts", "faqs", "tasks"];

/** The first of each list, by the list's name. */
async function idsAt(
  origin: string,
  token: string,
  known: Record<string, string>,
): Promise<Record<string, string>> {
  const ids = { ...known };
  for (const list of lists) {
    const answer = await fetch(`${origin}/api/${list}?limit=1`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const row = rowsIn(parseJson(await answer.text()))[0];
    const id = row?.id ?? row?.contact_id;
    if (id !== undefined) ids[list] = id;
  }
  return ids;
}

/** The records of an answer in whichever dialect. */
function rowsIn(body: unknown): Row[] {
  const data = (body as { data?: unknown } | null)?.data ?? body;
  const list = Object.values(data ?? {}).find(Array.isArray) as Row[] | undefined;
  if (Array.isArray(data)) return data as Row[];
  const isRow = typeof data === "object" && data !== null && ("id" in data || "contact_id" in data);
  return isRow ? [data as Row] : (list ?? []);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const unknownId = "0195f3a0-0000-7000-8000-000000000001";

/** Parameters by what they are called or stand behind; what is not known is made up. */
function fillFrom(ids: Record<string, string>, template: string): string {
  const segments = template.split("/");
  return segments
    .map((segment, place) => {
      const name = /^\{(\w+)\}$/.exec(segment)?.[1];
      if (name === undefined) return segment;
      if (name === "entity_type") return "lead";
      if (name === "entity_id") return ids["leads"] ?? unknownId;
      return ids[segments[place - 1] ?? ""] ?? idNamed(ids, name) ?? unknownId;
    })
    .join("/");
}

function nameIn(ids: Record<string, string>, body: unknown, field = ""): unknown {
  if (Array.isArray(body)) return body.map((item) => nameIn(ids, item, field));
  if (typeof body === "object" && body !== null)
    return Object.fromEntries(Object.entries(body).map(([name, inner]) => [name, nameIn(ids, inner, name)]));
  return (typeof body === "string" && /_ids?$/.test(field) ? idNamed(ids, field) : undefined) ?? body;
}

/** `leadId`, `lead_id` and `lead_ids` are the lead's; an assignee is a manager. */
function idNamed(ids: Record<string, string>, field: string): string | undefined {
  const kind = field.replace(/_?ids?$/i, "").toLowerCase();
  if (kind === "") return undefined;
  return Object.entries(ids).find(([list]) =>
    list.replace(/ies$/, "y").replace(/s$/, "").endsWith(kind),
  )?.[1];
}
