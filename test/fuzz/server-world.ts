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

/** The demo of a running server, for attacks: its people, and ids of things that are there. */
export async function openServer(origin: string) {
  const demo = await apiAt(origin).get<Demo>("/api/test/demo");
  const [company] = demo.companies;
  const [property] = company?.properties ?? [];
  if (!company || !property) throw new Error(`the server at ${origin} has no demo`);
  const admin = tokens(async () => login(origin, demo, "company_admin"));
  const agent = tokens(async () => login(origin, demo, "agent"));
  const visitor = tokens(async () => {
    const path = `/api/users/browser/fuzz-${crypto.randomUUID()}/session`;
    return (await apiAt(origin).post<{ token: string }>(path, { embed_key: property.embed_key })).token;
  });
  const callers = [admin, admin, admin, admin, agent, visitor];
  const ids = await idsAt(origin, await admin(), { companies: company.id, properties: property.id });
  let turn = 0;
  return {
    fill: (template: string) => fillFrom(ids, template),
    async send({ method, path, headers, body }: Attack): Promise<Answered> {
      const token = await (callers[(turn += 1) % callers.length] ?? admin)();
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
    const body: unknown = await answer.json().catch(() => null);
    const rows = Array.isArray(body) ? body : ((body as { data?: unknown } | null)?.data ?? []);
    const row = (Array.isArray(rows) ? rows[0] : undefined) as Row | undefined;
    const id = row?.id ?? row?.contact_id;
    if (id !== undefined) ids[list] = id;
  }
  return ids;
}

/** Parameters by what they are called or stand behind; what is not known is made up. */
function fillFrom(ids: Record<string, string>, template: string): string {
  const segments = template.split("/");
  return segments
    .map((segment, place) => {
      const name = /^\{(\w+)\}$/.exec(segment)?.[1];
      if (name === undefined) return segment;
      const kind = name.replace(/_?id$/i, "");
      const byName = Object.keys(ids).find(
        (list) => kind !== "" && singular(list).endsWith(kind.toLowerCase()),
      );
      return (
        ids[segments[place - 1] ?? ""] ??
        (byName ? ids[byName] : undefined) ??
        "0195f3a0-0000-7000-8000-000000000001"
      );
    })
    .join("/");
}

function singular(list: string): string {
  return list.replace(/ies$/, "y").replace(/s$/, "");
}
