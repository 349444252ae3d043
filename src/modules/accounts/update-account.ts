import { and, eq } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { changes, only, staleVersion } from "../../core/scope.ts";
import { accounts } from "../../db/schema/companies.ts";
import { closeLinks, endSessions } from "../auth/end-sessions.ts";
import { type AccountRow, presentAccountRecord } from "./present.ts";
import { getAccount, isLive, openColumns } from "./queries.ts";
import {
  hasAnotherAdmin,
  lastAdmin,
  requireAnotherAdmin,
  requireNotAbove,
  stopsAdministering,
} from "./rank.ts";
import { requireManager } from "./require-manager.ts";
import type { AccountChanges } from "./schemas.ts";

/** Renames, moves to another role, disables or enables an account. A disabled one is signed out everywhere. */
export async function updateAccount(
  ctx: Context,
  id: string,
  wanted: AccountChanges,
  seenVersion?: number,
): Promise<AccountRow> {
  const before = await getAccount(ctx, id);
  requireNotAbove(ctx, before.role);
  if (wanted.role) requireNotAbove(ctx, wanted.role);
  if (seenVersion !== undefined && before.version !== seenVersion) throw staleVersion();
  if (wanted.manager_id) await requireManager(ctx, before.companyId ?? "", wanted.manager_id);
  const guarded = stopsAdministering(before, changes(wanted));
  if (guarded) await requireAnotherAdmin(ctx, id);
  const now = new Date();
  const isVersion = and(isLive(ctx), eq(accounts.id, id), eq(accounts.version, before.version));
  const [rows] = await commitChange(
    ctx,
    [
      ctx.db
        .update(accounts)
        .set({ ...columnsOf(wanted, before, now), version: before.version + 1, updatedAt: now })
        .where(and(isVersion, guarded ? hasAnotherAdmin(ctx) : undefined))
        .returning(openColumns),
      ...(wanted.disabled ? [endSessions(ctx.db, id, now), closeLinks(ctx.db, id, now)] : []),
      audit(ctx, { ...auditOf(before), action: "update", after: wanted }),
    ],
    [],
    guarded ? lastAdmin : staleVersion,
  );
  return only(rows as AccountRow[], "Account");
}

function columnsOf({ name, role, manager_id, disabled }: AccountChanges, before: AccountRow, now: Date) {
  const disabledAt = disabled === undefined ? undefined : disabled ? (before.disabledAt ?? now) : null;
  return changes({ name, role, managerId: manager_id, disabledAt });
}

export function auditOf(account: AccountRow) {
  return {
    recordType: "account",
    recordId: account.id,
    companyId: account.companyId ?? "",
    before: presentAccountRecord(account),
  };
}
