import type { Context, Hono } from "hono";

/** A service the sandbox stands in for. A new one is a folder with one of these and a line in `vendors.ts`. */
export type Vendor = {
  /** The first segment of its paths. */
  name: string;
  routes(sql: SqlStorage): Hono;
  /** What this vendor sends when it says no under HTTP 200. */
  errorBody(c: Context, message: string): Response;
  /** Its bodies are kept to the letter, e.g. because they are signed. */
  keepsBodies?: true;
};
