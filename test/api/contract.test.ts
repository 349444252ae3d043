import { describe, expect, it } from "vitest";
import type * as z from "zod";
import { createApp } from "../../src/app.ts";
import { describeApi } from "../../src/openapi/document.ts";
import { exampleOf } from "../../src/openapi/operation.ts";
import { type DescribedRoute, isSocket, readRoutes, templateOf } from "../../src/openapi/read-routes.ts";
import endpoints from "../data/endpoints.tsv?raw";
import owed from "../data/endpoints-owed.txt?raw";
import { anonymous, type Api, as } from "../support/api.ts";
import { aPlatformAdmin } from "../support/factories.ts";
import { isPublic } from "../support/public-routes.ts";
import { aWorld, fillFields, fillPath, type World } from "../support/world.ts";

/** `GET /api/tours/:`: an endpoint whatever its parameters are called. */
function nameless(method: string, path: string): string {
  return `${method === "WS" ? "GET" : method} ${path.replaceAll(/:\w+(?:\{[^}]*\})?|\{[^}]+\}/g, ":")}`;
}

const promised = endpoints
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => line.split("\t") as [method: string, path: string])
  .map(([method, path]) => ({ method, path, name: `${method} ${path}` }));

const routes = new Map(
  readRoutes(createApp().routes).map((route) => [nameless(route.method, route.path), route]),
);
const missing = promised.filter(({ method, path }) => !routes.has(nameless(method, path)));
const present = promised.flatMap(({ method, path, name }) => {
  const route = routes.get(nameless(method, path));
  return route ? [{ name, route }] : [];
});

describe("the promised endpoints", () => {
  it("are two hundred less one, each once", () => {
    expect(promised).toHaveLength(199);
    expect(new Set(promised.map(({ name }) => name)).size).toBe(199);
  });

  it("are all there but those that the list of debts names, and it names no other", () => {
    const debts = owed.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(missing.map(({ name }) => name).toSorted()).toEqual(debts.toSorted());
  });

  it("are in the API document under that method and path", () => {
    const { paths } = describeApi(createApp().routes);
    const documented = new Set(
      Object.entries(paths).flatMap(([path, operations]) =>
        Object.keys(operations).map((method) => nameless(method.toUpperCase(), path)),
      ),
    );
    const undocumented = present.filter(
      ({ route }) => !documented.has(nameless(route.method, templateOf(route.path))),
    );
    expect(undocumented.map(({ name }) => name)).toEqual([]);
  });

  it.each(present)("$name serves somebody who may ask", async ({ name, route }) => {
    const status = await call(await (route.method === "GET" ? looked() : aWorld()), route);
    const refusal = refusedHere[name];
    expect(refusal === undefined ? served : [refusal]).toContain(status);
  });
});

/** Looking changes nothing, so those who only look share a world. */
let watched: Promise<World> | undefined;
const looked = () => (watched ??= aWorld());

const served = [101, 200, 201, 202, 302];

/** What the documented example meets in a world that is not the demo's and where things hang on each other. */
const refusedHere: Record<string, number> = {
  "POST /api/auth/login": 401,
  "POST /api/auth/refresh": 401,
  "POST /api/auth/reset-password": 401,
  "DELETE /api/companies/:id": 409,
  "DELETE /api/properties/:id": 409,
  "POST /api/properties/:id/managers": 409,
  "DELETE /api/property-managers/:id": 409,
  "POST /api/property-managers/:id/assignments": 409,
  "DELETE /api/users/:id": 409,
  "PUT /api/lead-notifications/:id": 409,
  "POST /api/v1/status/change": 409,
  "POST /api/conversations/:id/book-tour": 422,
  "GET /api/resman/tours/availability": 422,
  "POST /api/v1/status/webhooks": 422,
};

type Asked = { path: string; body: unknown };

/** Endpoints that ask for more than one of each thing. */
const prepared: Record<string, (world: World, asked: Asked) => Promise<Asked>> = {
  "/api/property-managers/:/assignments/:": async ({ company }, { path, body }) => ({
    path: path.replace(company.manager.managerId, company.agent.managerId),
    body,
  }),
  "/api/users/browser/:/session": async ({ company }, { path }) => ({
    path,
    body: { embed_key: company.property.embedKey },
  }),
  "/api/conversations/:/messages/:": async ({ company, conversation }, { body }) => {
    const messages = `/api/conversations/${conversation.id}/messages`;
    const said = await as(company.agent).post(messages, { text: "Hello" });
    return { path: `${messages}/${said.body.data.id}`, body };
  },
  "/api/resman/leads/sync": async ({ lead }, { path }) => ({ path, body: { lead_ids: [lead.id] } }),
  "/api/resman/tours/book": async ({ company, conversation }, { path, body }) => {
    const { tour_data: wish } = body as { tour_data: object };
    const date = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
    const tour = { ...wish, property_id: company.property.id, preferred_date: date };
    return { path, body: { conversation_id: conversation.id, tour_data: tour } };
  },
  "/api/v1/status/history/:/:": async ({ company, lead }, { body }) => {
    const change = { entity_type: "lead", entity_id: lead.id, to_status: "new" };
    await as(company.agent).post("/api/v1/status/change", change);
    return { path: `/api/v1/status/history/lead/${lead.id}`, body };
  },
};

async function call(world: World, route: DescribedRoute): Promise<number> {
  const json = route.inputs.find(({ target }) => target === "json")?.schema;
  const usual = { path: fillPath(route.path, world), body: json && bodyOf(json, world) };
  const prepare = prepared[nameless("", route.path).trim()];
  const { path, body } = prepare ? await prepare(world, usual) : usual;
  const api = await callerOf(world, route);
  const response = await api.fetch(path, {
    method: route.method,
    headers: isSocket(route.path) ? { Upgrade: "websocket" } : { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    redirect: "manual",
  });
  await response.body?.cancel();
  response.webSocket?.accept();
  response.webSocket?.close();
  return response.status;
}

/** The documented example with ids of this world. */
function bodyOf(schema: z.ZodType, world: World): unknown {
  const example = exampleOf(schema);
  const { shape } = schema as { shape?: object };
  if (!shape || typeof example !== "object" || example === null) return example;
  const named = Object.keys(example).filter((field) => field in shape);
  return { ...example, ...fillFields(named, world) };
}

/** Whoever may do everything in the company; a company itself only the platform makes and ends. */
async function callerOf({ company }: World, { method, path }: DescribedRoute): Promise<Api> {
  if (isPublic(method, path)) return anonymous();
  const isPlatforms = /^\/api\/companies(?:\/:id)?$/.test(path) && (method === "POST" || method === "DELETE");
  return as(isPlatforms ? await aPlatformAdmin() : company.admin);
}
