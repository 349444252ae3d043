import type { RouterRoute } from "hono/types";
import { type Noted, routeNote, type RouteNote } from "../core/http.ts";
import { signedIn } from "../core/routers.ts";

/** One mounted endpoint with everything its middleware says about itself. */
export type DescribedRoute = {
  method: string;
  /** As Hono has it: `/api/tours/:id`. */
  path: string;
  signedIn: boolean;
  inputs: NonNullable<RouteNote["input"]>[];
  note: Omit<RouteNote, "input">;
};

/** The API's endpoints in the order they are mounted. Middleware of whole prefixes is not an endpoint. */
export function readRoutes(routes: RouterRoute[]): DescribedRoute[] {
  const found = new Map<string, DescribedRoute>();
  // A guard stands before what is mounted after it: the visitor's first call comes before its prefix's guard.
  const guards: RouterRoute[] = [];
  for (const mounted of routes) {
    const { method, path, handler } = mounted;
    if (handler === signedIn) guards.push(mounted);
    if (method === "ALL" || !path.startsWith("/api/")) continue;
    const key = `${method} ${path}`;
    const route = found.get(key) ?? {
      method,
      path,
      signedIn: isSocket(path),
      inputs: [],
      note: {},
    };
    found.set(key, route);
    route.signedIn ||= guards.some((guard) => covers(guard, method, path));
    const { input, ...note } = (handler as Noted)[routeNote] ?? {};
    if (input) route.inputs.push(input);
    Object.assign(route.note, note);
  }
  return [...found.values()];
}

/** A socket's address lets in by ticket or subprotocol, which its own handler checks. */
export function isSocket(path: string): boolean {
  return path.startsWith("/api/ws/") && path.includes(":");
}

function covers(guard: RouterRoute, method: string, path: string): boolean {
  if (guard.method !== "ALL") return guard.method === method && guard.path === path;
  const prefix = guard.path.replace(/\/?\*$/, "");
  return path === prefix || path.startsWith(`${prefix}/`);
}

/** The names of a path's parameters, in order: `:id{[0-9]+}` is `id`. */
export function parametersOf(path: string): string[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => name);
}

/** `/api/tours/:id` as the document writes it: `/api/tours/{id}`. */
export function templateOf(path: string): string {
  return path.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, "{$1}").replace(/(.)\/$/, "$1");
}
