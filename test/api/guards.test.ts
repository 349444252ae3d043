import { beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../../src/app.ts";
import { isViewing, type Permission, permissions, roleMay } from "../../src/core/permissions.ts";
import { exampleOf } from "../../src/openapi/operation.ts";
import { type DescribedRoute, isSocket, readRoutes } from "../../src/openapi/read-routes.ts";
import { anonymous, type Api, as } from "../support/api.ts";
import { aCompany, type TestCompany } from "../support/factories.ts";
import { isPublic } from "../support/public-routes.ts";
import { aWorld, fillPath, namesOwned, type World } from "../support/world.ts";

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
let stranger: TestCompany;

beforeAll(async () => {
  world = await aWorld();
  stranger = await aCompany();
});

async function call(api: Api, route: DescribedRoute): Promise<number> {
  const path = fillPath(route.path, world);
  const body = route.inputs.find(({ target }) => target === "json");
  const response = await api.fetch(path, {
    method: route.method,
    headers: isSocket(path) ? { Upgrade: "websocket" } : { "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(exampleOf(body.schema) ?? {}) } : {}),
  });
  await response.body?.cancel();
  return response.status;
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
      expect(await call(as(stranger.admin), route)).toBe(allowed ? 404 : 403);
    },
  );
});
