import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type * as z from "zod";
import { createApp } from "../../src/app.ts";
import { configOf } from "../../src/core/config.ts";
import { isViewing, type Permission, permissions, type Role, roleMay } from "../../src/core/permissions.ts";
import { signStaffToken } from "../../src/core/tokens.ts";
import { exampleOf } from "../../src/openapi/operation.ts";
import { type DescribedRoute, isSocket, readRoutes } from "../../src/openapi/read-routes.ts";
import { anApiKey } from "../support/access.ts";
import { anonymous, type Api, as, asVisitor, withToken } from "../support/api.ts";
import { aManager, anAccount, anAssignment, type Account } from "../support/factories.ts";
import { isPublic } from "../support/public-routes.ts";
import { aWorld, fillPath, namesOwned, type World } from "../support/world.ts";

type Route = DescribedRoute & { name: string; permission: Permission | undefined; forVisitors: boolean };

const routes = readRoutes(createApp().routes)
  .filter(({ method, path }) => !isPublic(method, path) && namesOwned(path))
  .map((route): Route => {
    const { note, method, path } = route;
    const permission = permissions.find((known) => note.access?.split(",")[0] === known);
    const forVisitors = isSocket(path) || note.access?.includes("visitor") === true;
    return { ...route, name: `${method} ${path}`, permission, forVisitors };
  });

/** Answers by route; the first that fits counts, 200 where none does. */
type Answers = [route: RegExp, status: number][];

const answerOf = (answers: Answers, { name }: Route) => [
  answers.find(([pattern]) => pattern.test(name))?.[1] ?? 200,
];

/** To a colleague at another property, of what belongs to the whole company. */
const toColleague: Answers = [
  [/auth\/sessions/, 404],
  [/^PUT .*\/preferences/, 403],
  [/email\/templates\/:id/, 404],
  [/^(?:PUT|DELETE) \/api\/property-managers\/:id$/, 403],
  [/^(?:PUT|POST|DELETE) .*\/assignments/, 404],
  [/:notificationId$/, 404],
  [/\/versions$|:migration_id$/, 404],
  // The call before has archived the contact, and approved what this one would reject.
  [/contacts\/:contact_id\//, 404],
  [/\/reject$/, 409],
];

/** To a viewer, where looking is enough: what is another person's own stays out of reach. */
const toViewer: Answers = [
  [/\/preferences\/|property-managers\/:id\/notifications/, 403],
  [/auth\/sessions|lead-notifications\/:id/, 404],
];

/** Answers that a world of rows alone does not have. */
const unwritten =
  /\/download$|\/erasure$|calendars\/:id|:entity_type\/:entity_id$|:entity_type\/:id\/versions$|:migration_id$/;

/** What a person has to do and hears of, of which a caller sees what lies at his own properties. */
const ofPeople = /\/(?:assigned|preferences|unread)\/:managerId$/;

/** Managers may watch their colleagues, and hear what lies at their own properties. */
const watched = /^\/api\/ws\/notifications\//;

/** Things of the whole company: who may see any property of it may see these. */
const ofTheCompany =
  /^\/api\/(?:companies|contacts|accounts|api-keys|auth|property-managers|v1\/status\/(?:workflows|migrations|webhooks|approvals)|email\/(?:templates|suppressions))/;
const isShared = ({ path }: Route) => ofTheCompany.test(path) || ofPeople.test(path);
const boundRoutes = routes.filter((route) => !isShared(route) && !watched.test(route.path));
const readingRoutes = routes.filter(({ method, path }) => method === "GET" && !isSocket(path));
const writingRoutes = routes.filter(({ method }) => method !== "GET");

let world: World;
let people: { elsewhere: Account; strange: World };

beforeAll(async () => {
  world = await aWorld();
  const { company } = world;
  const person = await aManager(company.company);
  await anAssignment(company.otherProperty, person);
  const elsewhere = await anAccount(company.company, "manager", { managerId: person.id });
  people = { elsewhere, strange: await aWorld() };
});

async function call(api: Api, route: Route): Promise<number> {
  const body = route.inputs.find(({ target }) => target === "json")?.schema as z.ZodType | undefined;
  const response = await api.fetch(fillPath(route.path, world), {
    method: route.method,
    headers: isSocket(route.path) ? { Upgrade: "websocket" } : { "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(exampleOf(body) ?? {}) } : {}),
  });
  await response.body?.cancel();
  return response.status;
}

type Expected = (route: Route) => number[];

/** What did not answer as expected, as `GET /api/… 200, not 404`. */
async function surprises(api: Api, asked: Route[], expected: Expected): Promise<string[]> {
  const found: string[] = [];
  for (const route of asked) {
    const status = await call(api, route);
    const wanted = expected(route);
    if (!wanted.includes(status)) found.push(`${route.name} ${status}, not ${wanted.join(" or ")}`);
  }
  return found;
}

const mayRole = (role: Role, { permission }: Route) => permission === undefined || roleMay(role, permission);
const keyed = (header: Record<string, string>): Api => {
  const api = anonymous();
  return {
    ...api,
    fetch: (path, init = {}) =>
      api.fetch(path, { ...init, headers: { ...(init.headers as object), ...header } }),
  };
};

async function tokenOf({ id, sessionId }: Account, at = Date.now()): Promise<string> {
  return signStaffToken(configOf(env), { sub: id, sid: sessionId }, at);
}

const callers = 9;
const checks = routes.length * (callers - 2) + readingRoutes.length + writingRoutes.length;

describe(`${routes.length} endpoints that name a record, ${callers} callers, ${checks} calls`, () => {
  it(`the company's own administrator reads ${readingRoutes.length}`, async () => {
    const expected: Expected = (route) =>
      !mayRole("company_admin", route) ? [403] : unwritten.test(route.path) ? [200, 404] : [200];
    expect(await surprises(as(world.company.admin), readingRoutes, expected)).toEqual([]);
  });

  it(`an expired token opens none of ${routes.length}`, async () => {
    const expired = withToken(await tokenOf(world.company.admin, Date.now() - 16 * 60_000));
    expect(await surprises(expired, routes, () => [401])).toEqual([]);
  });

  it(`a tampered token opens none of ${routes.length}`, async () => {
    const [head, , signature] = (await tokenOf(world.company.viewer)).split(".");
    const [, claims] = (await tokenOf(world.company.admin)).split(".");
    expect(await surprises(withToken([head, claims, signature].join(".")), routes, () => [401])).toEqual([]);
  });

  it(`an API key without a permission opens none of ${routes.length}`, async () => {
    const { header } = await anApiKey(world.company);
    expect(await surprises(keyed(header), routes, () => [403])).toEqual([]);
  });

  it(`another company's administrator finds none of ${routes.length}`, async () => {
    const expected: Expected = (route) => [mayRole("company_admin", route) ? 404 : 403];
    expect(await surprises(as(people.strange.company.admin), routes, expected)).toEqual([]);
  });

  it(`another company's API key with every permission finds none of ${routes.length}`, async () => {
    const all = permissions.filter((permission) => roleMay("company_admin", permission));
    const { header } = await anApiKey(people.strange.company, all);
    const expected: Expected = (route) =>
      // A key has no sessions of its own, and no other role than its permissions make.
      !isSocket(route.path) && (!route.permission || !mayRole("company_admin", route)) ? [403] : [404];
    expect(await surprises(keyed(header), routes, expected)).toEqual([]);
  });

  it(`another visitor of the same property finds none of ${routes.length}`, async () => {
    const other = await asVisitor(world.company, world.company.property);
    const isPublished = ({ forVisitors, path }: Route) =>
      forVisitors && path.endsWith("availability/:propertyId");
    const expected: Expected = (route) => (isPublished(route) ? [200] : route.forVisitors ? [404] : [403]);
    expect(await surprises(other, routes, expected)).toEqual([]);
  });

  it(`a colleague at another property finds none of ${boundRoutes.length} that belong to this one`, async () => {
    const expected: Expected = (route) => {
      if (!mayRole("manager", route)) return [403];
      if (watched.test(route.path)) return [101];
      if (isShared(route)) return answerOf(toColleague, route);
      // Whoever may not remove any property is not told which there are.
      return route.name === "DELETE /api/properties/:id" ? [403] : [404];
    };
    expect(await surprises(as(people.elsewhere), routes, expected)).toEqual([]);
  });

  it(`a viewer is refused wherever one of ${writingRoutes.length} changes something`, async () => {
    const expected: Expected = (route) =>
      route.permission && !isViewing(route.permission) ? [403] : answerOf(toViewer, route);
    expect(await surprises(as(world.company.viewer), writingRoutes, expected)).toEqual([]);
  });
});
