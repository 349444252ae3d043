import { expect, it } from "vitest";
import type * as z from "zod";
import { createApp } from "../../src/app.ts";
import { type DescribedRoute, readRoutes } from "../../src/openapi/read-routes.ts";
import { as } from "../support/api.ts";
import { aWorld, fillPath } from "../support/world.ts";

const searchable = readRoutes(createApp().routes).filter(
  (route) => route.method === "GET" && "q" in queryOf(route),
);

function queryOf({ inputs }: DescribedRoute): object {
  const schema = inputs.find(({ target }) => target === "query")?.schema as z.ZodObject | undefined;
  return schema?.shape ?? {};
}

it.each(searchable.map(({ path }) => path))("%s takes words of any length and script", async (path) => {
  const world = await aWorld();
  for (const q of ["🏢".repeat(25), "%_%_".repeat(20), "Łódź '\"; --"]) {
    const { status } = await as(world.company.admin).get(
      `${fillPath(path, world)}?q=${encodeURIComponent(q)}`,
    );
    expect([q, status]).toEqual([q, 200]);
  }
});
