import * as z from "zod";
import { notFound } from "../../core/errors.ts";
import { doc } from "../../core/http.ts";
import { publicRoutes } from "../../core/routers.ts";

const OpenApi = z.looseObject({ openapi: z.string(), info: z.looseObject({}), paths: z.looseObject({}) });

export const openApiRoutes = publicRoutes();

openApiRoutes.get("/", doc("This API as an OpenAPI 3.1 document", OpenApi, { bare: true }), async (c) => {
  const file = await c.env.ASSETS.fetch(new URL("/openapi.json", c.req.url));
  if (!file.ok) throw notFound("The API document");
  return c.body(await file.text(), 200, { "content-type": "application/json", "cache-control": "no-cache" });
});

export const docsRoutes = publicRoutes();

docsRoutes.get("/", doc("The API document as a page to read and to try", undefined, { status: 302 }), (c) =>
  c.redirect("/docs/"),
);
