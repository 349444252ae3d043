import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { commit } from "../../core/outbox.ts";
import { hashPassword } from "../../core/passwords.ts";
import { only } from "../../core/scope.ts";
import { randomToken } from "../../core/tokens.ts";
import { isDuplicate } from "../../db/is-duplicate.ts";
import { accounts } from "../../db/schema/companies.ts";
import { passwordLink } from "../auth/password-link.ts";
import type { AccountRow } from "./present.ts";
import { openColumns } from "./queries.ts";
import { requireNotAbove } from "./rank.ts";
import { requireManager } from "./require-manager.ts";
import type { Invitation } from "./schemas.ts";

/** Makes an account and mails its owner a link to choose a password with; until then no password opens it. */
export async function inviteAccount(ctx: Context, invitation: Invitation): Promise<AccountRow> {
  const { email, name, role, manager_id: managerId = null } = invitation;
  requireNotAbove(ctx, role);
  if (managerId !== null) await requireManager(ctx, ctx.companyId, managerId);
  const now = new Date();
  const row = {
    id: ctx.newId(),
    companyId: ctx.companyId,
    email,
    name,
    role,
    managerId,
    passwordHash: await hashPassword(randomToken()),
    createdAt: now,
    updatedAt: now,
  };
  const { statements, work } = await passwordLink(ctx, row, "invite", now);
  try {
    const [created] = await commit(
      ctx,
      [
        ctx.db.insert(accounts).values(row).returning(openColumns),
        ...statements,
        audit(ctx, { action: "create", recordType: "account", recordId: row.id, after: invitation }),
      ],
      [work],
    );
    return only(created, "Account");
  } catch (error) {
    if (!isDuplicate(error, "accounts.email")) throw error;
    throw new AppError("DUPLICATE_RECORD", "There is an account with this e-mail address");
  }
}
