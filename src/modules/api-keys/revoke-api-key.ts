import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { commit } from "../../core/outbox.ts";
import { only } from "../../core/scope.ts";
import { apiKeys } from "../../db/schema/access.ts";
import { getApiKey, isInForce } from "./queries.ts";

/** Takes a key back; its row stays, so that the audit log can be read. */
export async function revokeApiKey(ctx: Context, id: string): Promise<{ id: string; revokedAt: Date }> {
  const { companyId, name } = await getApiKey(ctx, id);
  const revokedAt = new Date();
  const [rows] = await commit(ctx, [
    ctx.db.update(apiKeys).set({ revokedAt }).where(isInForce(ctx, id)).returning({ id: apiKeys.id }),
    audit(ctx, { action: "revoke", recordType: "api_key", recordId: id, companyId, before: { name } }),
  ]);
  only(rows, "API key");
  return { id, revokedAt };
}
