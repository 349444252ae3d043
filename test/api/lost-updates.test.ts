import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type * as z from "zod";
import { createApp } from "../../src/app.ts";
import { exampleOf } from "../../src/openapi/operation.ts";
import { type DescribedRoute, readRoutes } from "../../src/openapi/read-routes.ts";
import { type Api, as } from "../support/api.ts";
import { aPlatformAdmin } from "../support/factories.ts";
import { aWorld, fillFields, fillPath, namesOwned, type World } from "../support/world.ts";

const routes = readRoutes(createApp().routes).filter(({ path }) => namesOwned(path));
const reads = new Set(routes.filter(({ method }) => method === "GET").map(({ path }) => path));

/** Where a record is read and written under one path. */
const changed = routes.filter(({ method, path }) => method === "PUT" && reads.has(path));
/** Messages are kept by their room, which takes one call after another. */
const removed = routes
  .filter(({ method, path }) => method === "DELETE" && !path.includes("/messages/"))
  // The caller's own session last.
  .toSorted((a, b) => Number(a.path.startsWith("/api/auth")) - Number(b.path.startsWith("/api/auth")));

let world: World;

beforeAll(async () => {
  world = await aWorld();
});

type Try = { status: number; traces: number };

/** Two calls at once, each with how many rows of the audit log it left. */
async function both(call: (headers: Record<string, string>) => Promise<{ status: number }>): Promise<Try[]> {
  const tries = ["one", "two"].map(async (name) => {
    const requestId = `${name}-${crypto.randomUUID()}`;
    const { status } = await call({ "X-Request-Id": requestId });
    return { status, traces: await countTraces(requestId) };
  });
  return (await Promise.all(tries)).toSorted((a, b) => a.status - b.status);
}

async function countTraces(requestId: string): Promise<number> {
  const count = env.DB.prepare("select count(*) as n from audit_log where request_id = ?");
  return (await count.bind(requestId).first<{ n: number }>())?.n ?? 0;
}

function bodyOf({ inputs }: DescribedRoute): unknown {
  const schema = inputs.find(({ target }) => target === "json")!.schema as z.ZodType;
  const example = exampleOf(schema) as object;
  return { ...example, ...fillFields(Object.keys(example), world) };
}

/** Something new where what the world has cannot be removed, since other things hang on it. */
const fresh: Record<string, object> = {
  "/api/companies": { name: "Short-lived" },
  "/api/contacts": { first_name: "Pat", last_name: "Nobody" },
  "/api/properties": { name: "New", address: "1 Elm", city: "Chicago", state: "IL", zip_code: "60601" },
  "/api/property-managers": {
    first_name: "New",
    last_name: "Person",
    email: "new@person.test",
    phone: "+13125550177",
    access_level: "write",
  },
  "/api/users": { first_name: "Pat", last_name: "Nobody" },
};

async function placeOf(api: Api, { path }: DescribedRoute): Promise<string> {
  const [, list] = /^(.*)\/:\w+$/.exec(path) ?? [];
  const draft = list && fresh[list];
  const { body } = draft ? await api.post(list, draft) : {};
  if (body) return `${list}/${body.data?.id ?? body.contact_id ?? body.id}`;
  const place = fillPath(path, world);
  const { manager, agent } = world.company;
  return path.includes(":assignmentId") ? place.replace(manager.managerId, agent.managerId) : place;
}

/** What a world of rows does not have, or has in a state in which it may be changed no more. */
async function prepare(api: Api, { path }: DescribedRoute): Promise<void> {
  if (path.includes("calendars/:id"))
    await api.post("/api/v1/status/calendars", {
      property_id: world.company.property.id,
      time_zone: "America/Chicago",
      hours: { mon: [{ open: "09:00", close: "17:00" }] },
    });
  if (path === "/api/lead-notifications/:id")
    await env.DB.prepare("update lead_notifications set status = 'pending', sent_at = null where id = ?")
      .bind(world.notification.id)
      .run();
}

describe("of two who change the version they both read", () => {
  it.each(changed)("PUT $path: one wins, and the other leaves no trace", async (route) => {
    const api = as(world.company.admin);
    const place = fillPath(route.path, world);
    await prepare(api, route);
    const etag = (await api.get(place)).headers.get("etag");
    const body = bodyOf(route);
    const tries = await both((headers) => api.put(place, body, { ...headers, "If-Match": String(etag) }));
    expect(tries).toEqual([
      { status: 200, traces: 1 },
      { status: 412, traces: 0 },
    ]);
  });
});

describe("of two who remove the same thing", () => {
  it.each(removed)("DELETE $path: one wins, and the other leaves no trace", async (route) => {
    const isPlatforms = route.path === "/api/companies/:id";
    const api = as(isPlatforms ? await aPlatformAdmin() : world.company.admin);
    await prepare(api, route);
    const place = await placeOf(api, route);
    const [won, lost] = await both((headers) => api.delete(place, headers));
    expect(won).toEqual({ status: 200, traces: 1 });
    expect(lost?.traces).toBe(0);
    expect([404, 412]).toContain(lost?.status);
  });
});
