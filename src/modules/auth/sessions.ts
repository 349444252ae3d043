import { and, eq, isNull, sql } from "drizzle-orm";
import type { Config } from "../../core/config.ts";
import { AppError } from "../../core/errors.ts";
import { hashPassword, needsRehash, passwordMatches } from "../../core/passwords.ts";
import { signInWith } from "../../core/sign-in.ts";
import { newId } from "../../core/start-context.ts";
import { randomToken, sha256Hex, signStaffToken, staffTokenSeconds } from "../../core/tokens.ts";
import type { Db } from "../../db/client.ts";
import { accounts, companies, refreshTokens } from "../../db/schema/companies.ts";
import { presentAccount } from "./present.ts";

const refreshMs = 30 * 24 * 60 * 60 * 1000;
/** Two tabs may refresh at once; a token used again within this time is taken for that, not for theft. */
const reuseGraceMs = 10_000;

/** What signing in needs; there is no company yet, so no Context. */
export type Door = { env: Env; config: Config; db: Db; now: number; userAgent: string | null };

/** Opens a session family. The answer does not tell an unknown address from a wrong password. */
export async function login(door: Door, email: string, password: string) {
  const { db } = door;
  const [account] = await db
    .select({ id: accounts.id, passwordHash: accounts.passwordHash })
    .from(accounts)
    .leftJoin(companies, eq(companies.id, accounts.companyId))
    .where(
      and(
        eq(accounts.email, email),
        isNull(accounts.deletedAt),
        isNull(accounts.disabledAt),
        isNull(companies.deletedAt),
      ),
    );
  const matches = await passwordMatches(account?.passwordHash ?? (await decoyHash()), password);
  if (!account || !matches) throw new AppError("UNAUTHORIZED", "Wrong e-mail address or password");
  const rehash = needsRehash(account.passwordHash) ? { passwordHash: await hashPassword(password) } : {};
  await db
    .update(accounts)
    .set({ lastLoginAt: new Date(door.now), ...rehash })
    .where(eq(accounts.id, account.id));
  return openSession(door, account.id, newId());
}

let decoy: Promise<string> | undefined;

/** Checked when no account has the address, so that the answer takes as long. */
function decoyHash(): Promise<string> {
  decoy ??= hashPassword("nobody has this password");
  return decoy;
}

/** Rotates a refresh token. A token used twice was stolen from somebody: its whole family ends. */
export async function refresh(door: Door, token: string) {
  const hash = await sha256Hex(token);
  const { db } = door;
  const now = new Date(door.now);
  const [used] = await db
    .update(refreshTokens)
    .set({ usedAt: now })
    .where(
      and(
        eq(refreshTokens.hash, hash),
        isNull(refreshTokens.usedAt),
        isNull(refreshTokens.revokedAt),
        sql`${refreshTokens.expiresAt} > ${door.now}`,
      ),
    )
    .returning();
  if (used) return openSession(door, used.accountId, used.familyId);
  const [known] = await db.select().from(refreshTokens).where(eq(refreshTokens.hash, hash));
  if (!known) throw new AppError("INVALID_TOKEN", "The refresh token is not valid");
  if (known.revokedAt === null && known.expiresAt.getTime() <= door.now)
    throw new AppError("TOKEN_EXPIRED", "The refresh token has expired");
  if (known.usedAt && door.now - known.usedAt.getTime() > reuseGraceMs)
    await revokeFamily(door, known.familyId);
  throw new AppError("INVALID_TOKEN", "The refresh token was used before");
}

export async function logout(door: Door, token: string): Promise<void> {
  const [known] = await door.db
    .select({ familyId: refreshTokens.familyId })
    .from(refreshTokens)
    .where(eq(refreshTokens.hash, await sha256Hex(token)));
  if (known) await revokeFamily(door, known.familyId);
}

async function revokeFamily(door: Door, familyId: string): Promise<void> {
  await door.db
    .update(refreshTokens)
    .set({ revokedAt: new Date(door.now) })
    .where(and(eq(refreshTokens.familyId, familyId), isNull(refreshTokens.revokedAt)));
}

async function openSession(door: Door, accountId: string, familyId: string) {
  const refreshToken = randomToken("rt_");
  await door.db.insert(refreshTokens).values({
    hash: await sha256Hex(refreshToken),
    familyId,
    accountId,
    createdAt: new Date(door.now),
    expiresAt: new Date(door.now + refreshMs),
    userAgent: door.userAgent?.slice(0, 300) ?? null,
  });
  const accessToken = await signStaffToken(door.config, { sub: accountId, sid: familyId }, door.now);
  const { actor, companyId } = await signInWith(door.env, accessToken, door.now);
  if (actor.kind !== "staff") throw new Error("a staff token signed somebody else in");
  return {
    access_token: accessToken,
    refresh_token: refreshToken,
    token_type: "Bearer" as const,
    expires_in: staffTokenSeconds,
    account: presentAccount(actor, companyId),
  };
}
