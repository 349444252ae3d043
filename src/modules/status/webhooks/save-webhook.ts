import { and, count, eq, inArray, isNull } from "drizzle-orm";
import { audit } from "../../../core/audit.ts";
import type { Context } from "../../../core/context.ts";
import { AppError, invalidFields } from "../../../core/errors.ts";
import { commitChange } from "../../../core/guarded-commit.ts";
import { commit } from "../../../core/outbox.ts";
import { changes, staleVersion } from "../../../core/scope.ts";
import { properties } from "../../../db/schema/properties.ts";
import { statusWebhooks, webhookSecrets } from "../../../db/schema/webhooks.ts";
import { UpstreamError } from "../../../integrations/vendor.ts";
import { refusalOfTarget } from "./check-target.ts";
import { cancelPending } from "./pending.ts";
import { getWebhook, mine, type WebhookWithSecrets } from "./queries.ts";
import type { WebhookChanges, WebhookDraft } from "./schemas.ts";
import { sealHeaders } from "./webhook-headers.ts";
import { newSecret, secretRow } from "./webhook-secret.ts";

const w = statusWebhooks;
/** Every status change is copied for each of them. */
const mostPerCompany = 50;

/** Registers a receiver. Its secret is answered here and nowhere else. */
export async function createWebhook(
  ctx: Context,
  draft: WebhookDraft,
): Promise<{ created: WebhookWithSecrets; secret: string }> {
  await requireGoodFields(ctx, draft);
  await requireRoom(ctx);
  const id = ctx.newId();
  const secret = draft.secret_key ?? newSecret();
  const now = ctx.now();
  const row = {
    ...columnsOf(draft),
    ...(await sealHeaders(ctx, id, draft.headers)),
    id,
    companyId: ctx.companyId,
    url: draft.webhook_url,
    events: draft.events,
    entityTypes: draft.entity_types,
    statusFilters: draft.status_filters,
    propertyIds: draft.property_ids,
    isActive: draft.is_active,
    createdBy: ctx.actor.id,
    createdAt: now,
    updatedAt: now,
  };
  await commit(ctx, [
    ctx.db.insert(w).values(row),
    ctx.db.insert(webhookSecrets).values(await secretRow(ctx, id, secret)),
    audit(ctx, { action: "create", recordType: "webhook", recordId: id, after: shown(row) }),
  ]);
  return { created: await getWebhook(ctx, id), secret };
}

/** Switching it off cancels what is still to be sent; switching it on forgets that it ever failed. */
export async function updateWebhook(
  ctx: Context,
  id: string,
  draft: WebhookChanges,
  seenVersion?: number,
): Promise<WebhookWithSecrets> {
  const { webhook: before } = await getWebhook(ctx, id);
  if (seenVersion !== undefined && before.version !== seenVersion) throw staleVersion();
  await requireGoodFields(ctx, draft);
  const after = {
    ...changes(columnsOf(draft)),
    ...(draft.headers === undefined ? {} : await sealHeaders(ctx, id, draft.headers ?? {})),
    ...(draft.is_active === true && !before.isActive ? wellAgain : {}),
  };
  await commitChange(ctx, [
    ctx.db
      .update(w)
      .set({ ...after, version: before.version + 1, updatedAt: ctx.now() })
      .where(and(mine(ctx, id), eq(w.version, before.version))),
    ...(draft.is_active === false ? cancelPending(ctx, id) : []),
    audit(ctx, {
      action: "update",
      recordType: "webhook",
      recordId: id,
      before: shown(before),
      after: shown(after),
    }),
  ]);
  return getWebhook(ctx, id);
}

const wellAgain = {
  disabledAt: null,
  disabledReason: null,
  failingSince: null,
  failingMessageId: null,
  failingTold: false,
};

/** The columns a draft or a change names; absent fields stay undefined. */
function columnsOf(draft: WebhookChanges) {
  return {
    url: draft.webhook_url,
    description: draft.description,
    events: draft.events,
    entityTypes: draft.entity_types,
    statusFilters: draft.status_filters,
    propertyIds: draft.property_ids,
    maxPerSecond: draft.max_per_second,
    isActive: draft.is_active,
  };
}

/** For the audit log: without what is sealed. */
function shown(row: object): object {
  return { ...row, headersCiphertext: undefined, headersKeyId: undefined };
}

async function requireGoodFields(ctx: Context, draft: WebhookChanges): Promise<void> {
  const [refusal, unknown] = await Promise.all([
    draft.webhook_url === undefined ? null : refusalNow(ctx, draft.webhook_url),
    unknownProperties(ctx, draft.property_ids ?? []),
  ]);
  const problems = [
    ...(refusal === null ? [] : [{ field: "webhook_url", message: refusal }]),
    ...(unknown.length === 0
      ? []
      : [{ field: "property_ids", message: `no such property: ${unknown.join(", ")}` }]),
  ];
  if (problems.length > 0) throw invalidFields(problems);
}

async function refusalNow(ctx: Context, url: string): Promise<string | null> {
  try {
    return await refusalOfTarget(ctx, url);
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    ctx.log.warn("a webhook's host could not be looked up", { detail: error.detail });
    return "could not be checked just now, try again";
  }
}

async function unknownProperties(ctx: Context, ids: string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const known = await ctx.db
    .select({ id: properties.id })
    .from(properties)
    .where(
      and(eq(properties.companyId, ctx.companyId), inArray(properties.id, ids), isNull(properties.deletedAt)),
    );
  return ids.filter((id) => !known.some((row) => row.id === id));
}

async function requireRoom(ctx: Context): Promise<void> {
  const [counted] = await ctx.db
    .select({ n: count() })
    .from(w)
    .where(and(eq(w.companyId, ctx.companyId), isNull(w.deletedAt)));
  if ((counted?.n ?? 0) >= mostPerCompany)
    throw new AppError("CONFLICT", `A company has at most ${mostPerCompany} webhooks`, {
      webhooks: counted?.n,
    });
}
