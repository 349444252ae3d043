import { expect, it } from "vitest";
import { createApp } from "../../src/app.ts";
import { describeApi } from "../../src/openapi/document.ts";
import { attackAll, sayFinding } from "../fuzz/campaign.ts";
import { operationsOf } from "../fuzz/surface.ts";
import { anonymous, as } from "../support/api.ts";
import { isPublic } from "../support/public-routes.ts";
import { aWorld, fillFields, fillPath, type World } from "../support/world.ts";

const longestMs = 18_000;

it("whatever it is sent, the API answers, and every refusal speaks the dialect of its path", async () => {
  const world = await aWorld();
  const admin = as(world.company.admin);
  const callers = [admin, admin, admin, admin, as(world.company.agent), world.visitor];
  let turn = 0;
  const { findings, sent } = await attackAll({
    operations: operationsOf(describeApi(createApp().routes)).map((operation) => ({
      ...operation,
      example: named(operation.example, world),
    })),
    fill: (template) => filled(template.replaceAll(/\{(\w+)\}/g, ":$1"), world),
    send: async ({ method, path, headers, body }) => {
      const api = isPublic(method, path) ? anonymous() : (callers[(turn += 1) % callers.length] ?? admin);
      const answer = await api.fetch(path, { method, headers, body, redirect: "manual" });
      return { status: answer.status, headers: answer.headers, text: await answer.text() };
    },
    seed: 20_261_121,
    runs: 6,
    until: Date.now() + longestMs,
  });
  expect(findings.map(sayFinding).join("\n\n")).toBe("");
  expect(sent).toBeGreaterThan(500);
}, 30_000);

/** Public paths may name what no world has, such as a signed token. */
function filled(path: string, world: World): string {
  return isPublic("GET", path) || isPublic("POST", path)
    ? path.replaceAll(/:\w+/g, "unknown")
    : fillPath(path, world);
}

/** The example with ids of things that are there. */
function named(example: unknown, world: World): unknown {
  if (typeof example !== "object" || example === null || Array.isArray(example)) return example;
  return { ...example, ...fillFields(Object.keys(example), world) };
}
