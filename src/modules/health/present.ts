import type { Backlog } from "./backlog.ts";
import type { checkResman } from "./check-resman.ts";
import type { ServiceHealth } from "./external-services.ts";

export function presentService({ status, message, configured, backlog }: ServiceHealth) {
  return { status, message, configured, backlog: presentBacklog(backlog) };
}

export function presentResman({ company, ...service }: Awaited<ReturnType<typeof checkResman>>) {
  return {
    ...presentService(service),
    company: company && {
      breaker: company.breaker,
      properties: company.properties.map(({ id, name, pending, parked, oldestAt, lastError }) => ({
        property_id: id,
        name,
        pending,
        parked,
        lag_seconds: secondsSince(oldestAt),
        last_error: lastError,
      })),
    },
  };
}

function presentBacklog({ pending, late, parked, oldestAt, lastError }: Backlog) {
  return { pending, late, parked, lag_seconds: secondsSince(oldestAt), last_error: lastError };
}

function secondsSince(at: number | null): number | null {
  return at === null ? null : Math.max(0, Math.round((Date.now() - at) / 1000));
}
