import { eq } from "drizzle-orm";
import type { Config } from "../../core/config.ts";
import type { Context } from "../../core/context.ts";
import { companies, companySecrets } from "../../db/schema/companies.ts";
import { type Backlog, backlogs, noBacklog, type VendorName, vendors } from "./backlog.ts";

type Status = "healthy" | "degraded" | "unhealthy";

export type ServiceHealth = {
  status: Status;
  message: string;
  configured: boolean;
  backlog: Backlog;
};

/** State of every vendor from our own rows: of the whole deployment, or of the caller's company with its last errors. */
export async function checkServices(env: Env, config: Config, ctx: Context | null) {
  const [waiting, configured] = await Promise.all([
    backlogs(env, ctx?.companyId),
    ctx ? configuredFor(ctx) : configuredAtAll(config),
  ]);
  const services = Object.fromEntries(
    vendors.map((vendor) => [vendor, judge(waiting.get(vendor) ?? noBacklog, configured[vendor])]),
  ) as Record<VendorName, ServiceHealth>;
  return { status: worst(Object.values(services).map((service) => service.status)), services };
}

function judge(backlog: Backlog, configured: boolean): ServiceHealth {
  const status = backlog.late > 0 ? "degraded" : "healthy";
  return { status, message: sayBacklog(backlog, configured), configured, backlog };
}

export function sayBacklog({ pending, late, parked }: Backlog, configured: boolean): string {
  if (late > 0) return `${late} pieces of work are late`;
  if (parked > 0) return `${parked} pieces of work were given up and wait for a person`;
  if (!configured) return "not configured";
  return pending > 0 ? `${pending} pieces of work are on their way` : "no work waits";
}

function worst(statuses: Status[]): Status {
  if (statuses.includes("unhealthy")) return "unhealthy";
  return statuses.includes("degraded") ? "degraded" : "healthy";
}

/** Whether the deployment could reach them at all; what companies have set is theirs to see. */
function configuredAtAll(config: Config): Record<VendorName, boolean> {
  const { RESMAN_PARTNER_ID, SENDGRID_URL, AMPLITUDE_URL } = config;
  return {
    resman: RESMAN_PARTNER_ID !== "",
    sendgrid: SENDGRID_URL !== "",
    amplitude: AMPLITUDE_URL !== "",
    webhooks: true,
  };
}

async function configuredFor(ctx: Context): Promise<Record<VendorName, boolean>> {
  const [[company], secrets] = await ctx.db.batch([
    ctx.db
      .select({ resmanAccountId: companies.resmanAccountId })
      .from(companies)
      .where(eq(companies.id, ctx.companyId)),
    ctx.db
      .select({ name: companySecrets.name })
      .from(companySecrets)
      .where(eq(companySecrets.companyId, ctx.companyId)),
  ]);
  const has = (name: string) => secrets.some((secret) => secret.name === name);
  return {
    resman: Boolean(company?.resmanAccountId) && (has("resman_api_key") || ctx.config.RESMAN_API_KEY !== ""),
    sendgrid: has("sendgrid_api_key"),
    amplitude: has("amplitude_api_key"),
    webhooks: true,
  };
}
