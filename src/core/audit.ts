import { auditLog } from "../db/schema/ledger.ts";
import type { Context } from "./context.ts";

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
    actorKind: ctx.actor.kind,
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
