import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { notFound } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { only } from "../../core/scope.ts";
import { apiKeys } from "../../db/schema/access.ts";
import { makeKey } from "./make-key.ts";
import type { ApiKeyRow, NewKey } from "./present.ts";
import { getApiKey, isInForce, openColumns } from "./queries.ts";

/** Gives a key another secret; the old one opens nothing from that moment on. */
export async function rotateApiKey(ctx: Context, id: string): Promise<NewKey> {
  const { companyId } = await getApiKey(ctx, id);
  const { key, hash, lastFour } = await makeKey();
  const [rows] = await commitChange(
    ctx,
    [
      ctx.db
        .update(apiKeys)
        .set({ hash, lastFour, rotatedAt: new Date() })
        .where(isInForce(ctx, id))
        .returning(openColumns),
      audit(ctx, { action: "rotate", recordType: "api_key", recordId: id, companyId }),
    ],
    [],
    () => notFound("API key"),
  );
  return { row: only(rows as ApiKeyRow[], "API key"), key };
}
