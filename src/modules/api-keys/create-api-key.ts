import { and, eq, inArray, isNull } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context, StaffActor } from "../../core/context.ts";
import { AppError, invalidFields, notFound } from "../../core/errors.ts";
import { commit } from "../../core/outbox.ts";
import { only } from "../../core/scope.ts";
import { apiKeys } from "../../db/schema/access.ts";
import { properties } from "../../db/schema/properties.ts";
import { makeKey } from "./make-key.ts";
import type { NewKey } from "./present.ts";
import { openColumns } from "./queries.ts";
import type { ApiKeyDraft } from "./schemas.ts";

/** Makes a key that may no more than its maker may. The key itself is in the answer and nowhere else. */
export async function createApiKey(ctx: Context, draft: ApiKeyDraft): Promise<NewKey> {
  const maker = makerOf(ctx);
  const permissions = [...new Set(draft.permissions)];
  const beyond = permissions.filter((permission) => !maker.permissions.has(permission));
  if (beyond.length > 0)
    throw new AppError("INSUFFICIENT_PERMISSIONS", `You have no ${beyond.join(", ")} to give away`);
  const propertyIds = await grantedProperties(ctx, maker, draft.property_ids ?? null);
  const now = new Date();
  if (draft.expires_at && draft.expires_at <= now)
    throw invalidFields([{ field: "expires_at", message: "must lie in the future" }]);
  const { key, hash, lastFour } = await makeKey();
  const row = {
    id: ctx.newId(),
    companyId: ctx.companyId,
    name: draft.name,
    hash,
    lastFour,
    permissions,
    propertyIds,
    createdBy: maker.id,
    createdByName: maker.name,
    createdAt: now,
    expiresAt: draft.expires_at ?? null,
  };
  const [created] = await commit(ctx, [
    ctx.db.insert(apiKeys).values(row).returning(openColumns),
    audit(ctx, { action: "create", recordType: "api_key", recordId: row.id, after: draft }),
  ]);
  return { row: only(created, "API key"), key };
}

function makerOf({ actor }: Context): StaffActor {
  if (actor.kind !== "staff") throw new AppError("FORBIDDEN", "Keys are made by staff");
  return actor;
}

async function grantedProperties(ctx: Context, maker: StaffActor, asked: string[] | null) {
  if (asked === null) return maker.properties === "all" ? null : [...maker.properties.keys()];
  const ids = [...new Set(asked)];
  const own = maker.properties;
  if (own !== "all" && !ids.every((id) => own.has(id))) throw notFound("Property");
  const found = await ctx.db
    .select({ id: properties.id })
    .from(properties)
    .where(
      and(eq(properties.companyId, ctx.companyId), inArray(properties.id, ids), isNull(properties.deletedAt)),
    );
  if (found.length < ids.length) throw notFound("Property");
  return ids;
}
