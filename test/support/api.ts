import { env, exports } from "cloudflare:workers";
import { configOf } from "../../src/core/config.ts";
import { parts } from "../../src/core/routers.ts";
import { signStaffToken, signVisitorToken } from "../../src/core/tokens.ts";
import { checkResponse } from "./documented.ts";
import { type Account, type Property, type Visitor } from "./factories.ts";

const origin = "https://api.domiq.test";

/** What came back. Its body has been checked against the API document, so tests read it without further types. */
// oxlint-disable-next-line typescript/no-explicit-any -- the document is the type
export type Answer = { status: number; body: any; headers: Headers };

type Extra = Record<string, string>;

/** The API as one caller uses it; paths begin with `/api`. */
export type Api = {
  get(path: string, headers?: Extra): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Extra): Promise<Answer>;
  put(path: string, body?: unknown, headers?: Extra): Promise<Answer>;
  delete(path: string, headers?: Extra): Promise<Answer>;
  /** For what JSON calls cannot say: sockets, raw bodies, preflights. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
};

/** Calls as a member of staff. The token is signed at each call, so that a moved clock does not end it. */
export function as(account: Account): Api {
  return api(() =>
    signStaffToken(configOf(env), { sub: account.id, sid: account.sessionId }, (parts.now ?? Date.now)()),
  );
}

/** A new visitor of the property's site, let in by the front door: `(await asVisitor(company, property)).post(…)`. */
export async function asVisitor(
  company: { id: string },
  property: Pick<Property, "id" | "embedKey">,
): Promise<Api & { visitor: Visitor }> {
  const browserId = `browser-${crypto.randomUUID()}`;
  const opened = await anonymous().post(`/api/users/browser/${browserId}/session`, {
    embed_key: property.embedKey,
  });
  const { token, user } = opened.body.data;
  const visitor = { id: user.id, companyId: company.id, propertyId: property.id, browserId };
  return { ...withToken(token), visitor };
}

/** Calls as a visitor a test made itself. */
export function asKnownVisitor({ id, companyId, propertyId, origin: page }: Omit<Visitor, "browserId">): Api {
  const claims = { sub: id, companyId, propertyId, origin: page ?? null };
  return api(() => signVisitorToken(configOf(env), claims, (parts.now ?? Date.now)()));
}

/** Calls with no token. */
export function anonymous(): Api {
  return api(async () => null);
}

/** Calls with a bearer token a test got elsewhere, such as from login. */
export function withToken(token: string): Api {
  return api(async () => token);
}

function api(tokenOf: () => Promise<string | null>): Api {
  const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    const token = await tokenOf();
    if (token && !headers.has("authorization")) headers.set("authorization", `Bearer ${token}`);
    const response = await exports.default.fetch(new Request(origin + path, { ...init, headers }));
    await checkResponse(init.method ?? "GET", path, response);
    return response;
  };
  const call = async (method: string, path: string, body: unknown, extra: Extra = {}): Promise<Answer> => {
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const type: Extra = body === undefined ? {} : { "content-type": "application/json" };
    const response = await send(path, { method, ...json, headers: { ...type, ...extra } });
    return read(response);
  };
  return {
    get: (path, headers) => call("GET", path, undefined, headers),
    post: (path, body, headers) => call("POST", path, body, headers),
    put: (path, body, headers) => call("PUT", path, body, headers),
    delete: (path, headers) => call("DELETE", path, undefined, headers),
    fetch: send,
  };
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  const body: unknown = isJson && text !== "" ? JSON.parse(text) : text;
  return { status: response.status, body, headers: response.headers };
}
