import { type Context, Hono } from "hono";
import type { Vendor } from "../vendor.ts";

const models = ["gpt-4o", "gpt-4o-mini"];

/** OpenAI's API as far as it is asked: which models a key may use. */
export const openai: Vendor = {
  name: "openai",
  routes: () => {
    const routes = new Hono();
    routes.use("/v1/*", async (c, next) => {
      if (/^Bearer \S+/.test(c.req.header("Authorization") ?? "")) return next();
      return refuse(c, 401, "You didn't provide an API key.", "invalid_api_key");
    });
    routes.get("/v1/models", (c) =>
      c.json({
        object: "list",
        data: models.map((id) => ({ id, object: "model", created: 1_715_367_049, owned_by: "system" })),
      }),
    );
    return routes;
  },
  errorBody: (c, message) => refuse(c, 200, message, "server_error"),
};

function refuse(c: Context, status: 200 | 401, message: string, code: string): Response {
  return c.json({ error: { message, type: "invalid_request_error", param: null, code } }, status);
}
