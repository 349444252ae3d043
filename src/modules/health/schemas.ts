import * as z from "zod";
import { vendors } from "./backlog.ts";

const status = z.enum(["healthy", "degraded", "unhealthy"]);

export const Check = z.object({ status, message: z.string(), latency_ms: z.number().optional() });

export const Health = z
  .object({
    status,
    checks: z.object({ database: Check, resman: Check, email: Check, analytics: Check }),
    timestamp: z.iso.datetime(),
    version: z.string(),
  })
  .meta({ id: "Health" });

const lag = z.int().nullable().describe("How long the oldest waiting work has waited");
const lastError = z.string().nullable().describe("Told to those who manage the company's integrations");

const service = {
  status,
  message: z.string(),
  configured: z.boolean(),
  backlog: z.object({
    pending: z.int(),
    late: z.int(),
    parked: z.int().describe("Given up, until somebody tries again"),
    lag_seconds: lag,
    last_error: lastError,
  }),
};
const Service = z.object(service);

export const ServicesHealth = z
  .object({
    status,
    services: z.object(
      Object.fromEntries(vendors.map((vendor) => [vendor, Service])) as Record<
        (typeof vendors)[number],
        typeof Service
      >,
    ),
    timestamp: z.iso.datetime(),
  })
  .meta({ id: "ExternalServicesHealth" });

export const ResmanHealth = z
  .object({
    ...service,
    company: z
      .object({
        breaker: z.object({
          phase: z.enum(["closed", "open", "probing"]),
          failures: z.int().nullable().describe("In a row; five of them open it"),
          retry_at: z.iso.datetime().nullable(),
        }),
        properties: z
          .array(
            z.object({
              property_id: z.string(),
              name: z.string(),
              pending: z.int(),
              parked: z.int(),
              lag_seconds: lag,
              last_error: lastError,
            }),
          )
          .describe("Those that work waits for, the latest first"),
      })
      .nullable()
      .describe("Told to those who manage a company's integrations"),
    timestamp: z.iso.datetime(),
  })
  .meta({ id: "ResmanHealth" });
