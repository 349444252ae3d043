import { and, eq, isNull, ne } from "drizzle-orm";
import type { Db } from "../../db/client.ts";
import { passwordResets } from "../../db/schema/access.ts";
import { refreshTokens } from "../../db/schema/companies.ts";

/** The statement that ends an account's sessions, all or all but one. */
export function endSessions(db: Db, accountId: string, at: Date, except?: string) {
  return db
    .update(refreshTokens)
    .set({ revokedAt: at })
    .where(
      and(
        eq(refreshTokens.accountId, accountId),
        isNull(refreshTokens.revokedAt),
        except === undefined ? undefined : ne(refreshTokens.familyId, except),
      ),
    );
}

/** The statement that makes every link sent to an account so far useless. */
export function closeLinks(db: Db, accountId: string, at: Date) {
  return db
    .update(passwordResets)
    .set({ usedAt: at })
    .where(and(eq(passwordResets.accountId, accountId), isNull(passwordResets.usedAt)));
}
