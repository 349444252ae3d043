import { auditLog } from "../db/schema/ledger.ts";
import type { Actor, Context } from "./context.ts";

export type Audited = {
  action: string;
  recordType: string;
  recordId: string;
  before?: unknown;
  after?: unknown;
  companyId?: string;
};

/** The audit row of a write, to go into the same batch. `before` and `after` must hold no secret. */
export function audit(ctx: Context, { action, recordType, recordId, before, after, companyId }: Audited) {
  return ctx.db.insert(auditLog).values({
    id: ctx.newId(),
    companyId: companyId ?? ctx.companyId,
    actorKind: actorKindOf(ctx.actor),
    actorId: ctx.actor.id,
    actorName: ctx.actor.name,
    action,
    recordType,
    recordId,
    before: before ?? null,
    after: after ?? null,
    requestId: ctx.requestId,
    createdAt: new Date(),
  });
}

function actorKindOf(actor: Actor): string {
  return actor.kind === "staff" && actor.credential?.kind === "api_key" ? "api_key" : actor.kind;
}
