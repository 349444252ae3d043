import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { controlRoutes } from "./control.ts";
import { doorOf } from "./door.ts";
import { pageRoutes } from "./page.ts";
import { resmanControlRoutes } from "./resman/control.ts";
import { vendors } from "./vendors.ts";

export function createSandbox(sql: SqlStorage): Hono {
  const app = new Hono();
  app.route("/", pageRoutes(sql));
  app.route("/__sandbox/resman", resmanControlRoutes(sql));
  app.route(
    "/__sandbox",
    controlRoutes(
      sql,
      vendors.map((vendor) => vendor.name),
    ),
  );
  for (const vendor of vendors) app.route(`/${vendor.name}`, doorOf(vendor, sql));
  app.notFound((c) => c.json({ error: `The sandbox has nothing at ${c.req.method} ${c.req.path}` }, 404));
  app.onError((error, c) =>
    error instanceof HTTPException ? error.getResponse() : c.json({ error: String(error) }, 500),
  );
  return app;
}
