import type { Context as HonoContext } from "hono";
import { configOf } from "../../core/config.ts";
import type { Context } from "../../core/context.ts";
import { type BaseEnv, doc, ok } from "../../core/http.ts";
import { publicRoutes, requestContext } from "../../core/routers.ts";
import { checkResman } from "./check-resman.ts";
import { checkDatabase, checkHealth } from "./checks.ts";
import { checkServices } from "./external-services.ts";
import { presentResman, presentService } from "./present.ts";
import * as shape from "./schemas.ts";

export const healthRoutes = publicRoutes();

healthRoutes.get("/", doc("Is the service able to work", shape.Health), async (c) => {
  const health = await checkHealth(c.env);
  return ok(c, health, health.status === "unhealthy" ? 503 : 200);
});

healthRoutes.get("/database", doc("Is the database able to work", shape.Check), async (c) => {
  const check = await checkDatabase(c.env);
  return ok(c, check, check.status === "unhealthy" ? 503 : 200);
});

healthRoutes.get("/resman", doc("How the work for ResMan goes", shape.ResmanHealth), async (c) => {
  const health = await checkResman(c.env, configOf(c.env), await insider(c));
  return ok(c, { ...presentResman(health), timestamp: new Date().toISOString() });
});

healthRoutes.get(
  "/external-services",
  doc("How the work for each vendor goes", shape.ServicesHealth),
  async (c) => {
    const { status, services } = await checkServices(c.env, configOf(c.env), await insider(c));
    const shown = Object.fromEntries(
      Object.entries(services).map(([vendor, health]) => [vendor, presentService(health)]),
    );
    return ok(c, { status, services: shown, timestamp: new Date().toISOString() });
  },
);

/** A caller who signs in and manages a company's integrations is told of that company; everybody else of totals. */
async function insider(c: HonoContext<BaseEnv>): Promise<Context | null> {
  if (!c.req.header("authorization") && !c.req.header("x-api-key")) return null;
  const ctx = await requestContext(c);
  const { actor, companyId } = ctx;
  const isInsider = actor.kind === "staff" && actor.permissions.has("manage_integrations");
  return isInsider && companyId !== "" ? ctx : null;
}
