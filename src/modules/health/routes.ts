import { z } from "zod";
import { doc, ok } from "../../core/http.ts";
import { publicRoutes } from "../../core/routers.ts";
import { checkDatabase, checkHealth } from "./checks.ts";

const Check = z.object({
  status: z.enum(["healthy", "degraded", "unhealthy"]),
  message: z.string(),
  latency_ms: z.number().optional(),
});

const Health = z
  .object({
    status: z.enum(["healthy", "degraded", "unhealthy"]),
    checks: z.object({ database: Check, resman: Check, email: Check, analytics: Check }),
    timestamp: z.iso.datetime(),
    version: z.string(),
  })
  .meta({ id: "Health" });

export const healthRoutes = publicRoutes();

healthRoutes.get("/", doc("Is the service able to work", Health), async (c) => {
  const health = await checkHealth(c.env);
  return ok(c, health, health.status === "unhealthy" ? 503 : 200);
});

healthRoutes.get("/database", doc("Is the database able to work", Check), async (c) => {
  const check = await checkDatabase(c.env);
  return ok(c, check, check.status === "unhealthy" ? 503 : 200);
});
