import { beforeAll, describe, expect, it } from "vitest";
import type * as z from "zod";
import { createApp } from "../../src/app.ts";
import { isViewing, type Permission, permissions, roleMay } from "../../src/core/permissions.ts";
import { exampleOf } from "../../src/openapi/operation.ts";
import { type DescribedRoute, isSocket, readRoutes } from "../../src/openapi/read-routes.ts";
import { anonymous, type Api, as } from "../support/api.ts";
import { isPublic } from "../support/public-routes.ts";
import { aWorld, fillFields, fillPath, namesOwned, recordFields, type World } from "../support/world.ts";

const routes = readRoutes(createApp().routes)
  .filter(({ method, path }) => !isPublic(method, path))
  .map((route) => ({ ...route, name: `${route.method} ${route.path}`, permission: permissionOf(route) }));

/** The permission a route asks for; routes for any signed-in account ask for none. */
function permissionOf({ note }: DescribedRoute): Permission | undefined {
  return permissions.find((permission) => note.access?.split(",")[0] === permission);
}

const isForVisitors = ({ note, path }: DescribedRoute) =>
  isSocket(path) || note.access?.includes("visitor") === true;

let world: World;
let strange: World;

beforeAll(async () => {
  world = await aWorld();
  strange = await aWorld();
});

async function call(api: Api, route: DescribedRoute): Promise<number> {
  const body = jsonOf(route);
  return send(api, route, fillPath(route.path, world), body ? (exampleOf(body) ?? {}) : undefined);
}

async function send(api: Api, { method }: DescribedRoute, path: string, body: unknown): Promise<number> {
  const response = await api.fetch(path, {
    method,
    headers: isSocket(path) ? { Upgrade: "websocket" } : { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  await response.body?.cancel();
  return response.status;
}

function jsonOf({ inputs }: DescribedRoute): z.ZodType | undefined {
  return inputs.find(({ target }) => target === "json")?.schema;
}

/** The names of a body's own fields. */
function fieldsOf(route: DescribedRoute): string[] {
  const { shape } = (jsonOf(route) ?? {}) as { shape?: object };
  return Object.keys(shape ?? {});
}

describe("every route that is not public", () => {
  it.each(routes)("$name asks who is calling", async (route) => {
    expect(await call(anonymous(), route)).toBe(401);
  });

  it.each(routes.filter(({ permission }) => permission && !isViewing(permission)))(
    "$name refuses an account that may only look",
    async (route) => {
      expect(await call(as(world.company.viewer), route)).toBe(403);
    },
  );

  it.each(routes.filter((route) => !isForVisitors(route) && route.note.access))(
    "$name refuses a visitor",
    async (route) => {
      expect(await call(world.visitor, route)).toBe(403);
    },
  );

  it.each(routes.filter(({ path }) => namesOwned(path)))(
    "$name shows another company's administrator nothing",
    async (route) => {
      const allowed = route.permission === undefined || roleMay("company_admin", route.permission);
      expect(await call(as(strange.company.admin), route)).toBe(allowed ? 404 : 403);
    },
  );

  it.each(routes.flatMap((route) => recordFields(fieldsOf(route)).map((field) => ({ ...route, field }))))(
    "$name takes no $field of another company",
    async ({ field, ...route }) => {
      const own = fillFields(fieldsOf(route), strange);
      const body = { ...(exampleOf(jsonOf(route)!) as object), ...own, ...fillFields([field], world) };
      const status = await send(as(strange.company.admin), route, fillPath(route.path, strange), body);
      expect([403, 404, 422]).toContain(status);
    },
  );
});
