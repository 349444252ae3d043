import { and, eq } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { statusWorkflows } from "../../db/schema/status.ts";
import type { WorkflowDefinition } from "../status/workflow-schema.ts";
import { leadWorkflow } from "../status/workflows/lead.ts";

/** The definitions by which a company's leads may live: the usual one, and its own that are in force. */
export async function listLeadDefinitions(ctx: Context, companyId: string): Promise<WorkflowDefinition[]> {
  const own = await ctx.db
    .select({ definition: statusWorkflows.definition })
    .from(statusWorkflows)
    .where(
      and(
        eq(statusWorkflows.companyId, companyId),
        eq(statusWorkflows.entityType, "lead"),
        eq(statusWorkflows.isActive, true),
      ),
    );
  return [leadWorkflow, ...own.map(({ definition }) => definition)];
}
