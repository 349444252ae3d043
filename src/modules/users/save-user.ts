import { and, eq, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError, notFound } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { commit } from "../../core/outbox.ts";
import { changes, only, staleVersion } from "../../core/scope.ts";
import { isDuplicate } from "../../db/is-duplicate.ts";
import { users } from "../../db/schema/users.ts";
import type { UserRow } from "./present.ts";
import { visible } from "./queries.ts";
import { getWritableUser, requireSomeWritable } from "./require-writable-user.ts";
import type { UserChanges, UserDraft } from "./schemas.ts";

/** Enters a person by hand, one who called or walked in. */
export async function createUser(ctx: Context, draft: UserDraft): Promise<UserRow> {
  requireSomeWritable(ctx, []);
  const id = ctx.newId();
  const now = ctx.now();
  const row = { id, companyId: ctx.companyId, ...columnsOf(draft), createdAt: now, updatedAt: now };
  const [rows] = await refusingTakenBrowser(
    commit(ctx, [
      ctx.db.insert(users).values(row).returning(),
      audit(ctx, { action: "create", recordType: "user", recordId: id, after: draft }),
    ]),
  );
  return only(rows, "User");
}

export async function updateUser(
  ctx: Context,
  id: string,
  draft: UserChanges,
  seenVersion?: number,
): Promise<UserRow> {
  const before = await getWritableUser(ctx, id);
  if (seenVersion !== undefined && before.version !== seenVersion) throw staleVersion();
  const unchanged = seenVersion === undefined ? undefined : eq(users.version, seenVersion);
  const [rows] = await refusingTakenBrowser(
    commitChange(
      ctx,
      [
        ctx.db
          .update(users)
          .set({ ...changes(columnsOf(draft)), version: sql`${users.version} + 1`, updatedAt: ctx.now() })
          .where(and(visible(ctx), eq(users.id, id), unchanged))
          .returning(),
        audit(ctx, {
          action: "update",
          recordType: "user",
          recordId: id,
          companyId: before.companyId,
          before,
          after: draft,
        }),
      ],
      [],
      () => (seenVersion === undefined ? notFound("User") : staleVersion()),
    ),
  );
  return only(rows, "User");
}

function columnsOf(draft: UserChanges) {
  return {
    firstName: draft.first_name,
    lastName: draft.last_name,
    email: draft.email,
    phone: draft.phone,
    age: draft.age,
    leadSource: draft.lead_source,
    hubspotContactId: draft.hubspot_contact_id,
    browserId: draft.browser_id,
  };
}

async function refusingTakenBrowser<Result>(write: Promise<Result>): Promise<Result> {
  try {
    return await write;
  } catch (error) {
    if (!isDuplicate(error, "users.browser_id")) throw error;
    throw new AppError("DUPLICATE_RECORD", "Another user of the company has this browser_id");
  }
}
