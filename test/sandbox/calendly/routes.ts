import { type Context, Hono } from "hono";
import type { Vendor } from "../vendor.ts";

const organization = "https://api.calendly.com/organizations/SANDBOX";

/** Calendly's API as far as it is asked: whose token it is. */
export const calendly: Vendor = {
  name: "calendly",
  routes: () => {
    const routes = new Hono();
    routes.use("*", async (c, next) => {
      if (/^Bearer \S+/.test(c.req.header("Authorization") ?? "")) return next();
      return refuse(c, 401, "Unauthenticated", "The access token is invalid");
    });
    routes.get("/users/me", (c) =>
      c.json({
        resource: {
          uri: "https://api.calendly.com/users/SANDBOX",
          name: "Sandbox Person",
          slug: "sandbox-person",
          email: "sandbox@calendly.test",
          timezone: "America/Chicago",
          current_organization: organization,
        },
      }),
    );
    return routes;
  },
  errorBody: (c, message) => refuse(c, 200, "Error", message),
};

function refuse(c: Context, status: 200 | 401, title: string, message: string): Response {
  return c.json({ title, message }, status);
}
