import type { Context } from "../../core/context.ts";
import { offsetOf } from "../../core/page.ts";
import type { Transition } from "../../durable/status-machine/protocol.ts";
import { machineOf } from "../status/adjust-status.ts";
import { getLead } from "./queries.ts";
import type { StatusHistoryQuery } from "./schemas.ts";

export type LeadHistory = { transitions: Transition[]; total: number };

/** Newest first; empty for a lead whose first status is not written yet. */
export async function listLeadStatuses(
  ctx: Context,
  leadId: string,
  query: StatusHistoryQuery,
): Promise<LeadHistory> {
  const { lead } = await getLead(ctx, leadId);
  const machine = machineOf(ctx, { entityType: "lead", entityId: leadId, companyId: lead.companyId });
  const history = await machine.history({
    now: ctx.now().getTime(),
    limit: query.limit,
    offset: offsetOf(query),
    ...(query.date_from ? { from: query.date_from.getTime() } : {}),
    ...(query.date_to ? { to: query.date_to.getTime() } : {}),
  });
  return history ?? { transitions: [], total: 0 };
}
