import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { notFound } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { apiKeys } from "../../db/schema/access.ts";
import { getApiKey, isInForce } from "./queries.ts";

/** Takes a key back; its row stays, so that the audit log can be read. */
export async function revokeApiKey(ctx: Context, id: string): Promise<{ id: string; revokedAt: Date }> {
  const { companyId, name } = await getApiKey(ctx, id);
  const revokedAt = new Date();
  await commitChange(
    ctx,
    [
      ctx.db.update(apiKeys).set({ revokedAt }).where(isInForce(ctx, id)),
      audit(ctx, { action: "revoke", recordType: "api_key", recordId: id, companyId, before: { name } }),
    ],
    [],
    () => notFound("API key"),
  );
  return { id, revokedAt };
}
