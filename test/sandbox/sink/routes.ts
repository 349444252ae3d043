import { Hono } from "hono";
import type { Vendor } from "../vendor.ts";

/** Receives webhooks under any path; what came is among the calls, to the letter. */
export const sink: Vendor = {
  name: "sink",
  keepsBodies: true,
  routes: () => new Hono().all("/*", (c) => c.json({ received: true })),
  errorBody: (c, message) => c.json({ error: message }),
};
