import { sql } from "drizzle-orm";
import { databaseFor, openDb } from "../db/client.ts";
import type { Actor } from "./context.ts";
import { AppError } from "./errors.ts";
import { describeError, openLog } from "./log.ts";
import { type Permission, roleWithin } from "./permissions.ts";
import type { SignedIn } from "./sign-in.ts";
import { sha256Hex } from "./tokens.ts";

export const keyPrefix = "dk_";
/** How often the use of a key is written down. */
const noteEveryMs = 60_000;

type KeyRow = {
  id: string;
  name: string;
  company_id: string;
  permissions: string;
  property_ids: string | null;
  expires_at: number | null;
  last_used_at: number | null;
  clock_offset_ms: number;
};

/** The program a key belongs to, as staff that holds the key's permissions and nothing else. */
export async function signInWithKey(
  env: Env,
  key: string,
  nowMs: number,
  waitUntil: (work: Promise<unknown>) => void,
): Promise<SignedIn> {
  const row = key.startsWith(keyPrefix) ? await find(env, await sha256Hex(key)) : undefined;
  if (!row) throw new AppError("INVALID_TOKEN", "The API key is not valid");
  if (row.expires_at !== null && row.expires_at <= nowMs)
    throw new AppError("TOKEN_EXPIRED", "The API key has expired");
  if (nowMs - (row.last_used_at ?? 0) >= noteEveryMs) waitUntil(noteUse(env, row.id, nowMs));
  const permissions = new Set(JSON.parse(row.permissions) as Permission[]);
  const actor: Actor = {
    kind: "staff",
    id: row.id,
    name: `${row.name} (API key)`,
    email: "",
    role: roleWithin(permissions),
    managerId: null,
    permissions,
    properties: propertiesOf(row),
    credential: { kind: "api_key", id: row.id },
  };
  return { actor, companyId: row.company_id, clockOffsetMs: row.clock_offset_ms, origin: null };
}

async function find(env: Env, hash: string): Promise<KeyRow | undefined> {
  return openDb(databaseFor(env, "")).get<KeyRow | undefined>(sql`
    select k.id, k.name, k.company_id, k.permissions, k.property_ids, k.expires_at, k.last_used_at, c.clock_offset_ms
    from api_keys k join companies c on c.id = k.company_id and c.deleted_at is null
    where k.hash = ${hash} and k.revoked_at is null`);
}

function propertiesOf({ property_ids }: KeyRow): "all" | Map<string, "write"> {
  if (property_ids === null) return "all";
  return new Map((JSON.parse(property_ids) as string[]).map((id) => [id, "write"]));
}

/** Two calls of one moment write once. */
async function noteUse(env: Env, id: string, nowMs: number): Promise<void> {
  try {
    await openDb(databaseFor(env, "")).run(sql`
      update api_keys set last_used_at = ${nowMs}
      where id = ${id} and coalesce(last_used_at, 0) <= ${nowMs - noteEveryMs}`);
  } catch (error) {
    openLog({ apiKey: id }).warn("the use of a key was not written down", describeError(error));
  }
}
