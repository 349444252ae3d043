import { sql } from "drizzle-orm";
import type { Context as HonoContext } from "hono";
import { databaseFor, openDb, type Db } from "../db/client.ts";
import { configOf } from "./config.ts";
import type { Actor, PropertyAccess } from "./context.ts";
import { AppError } from "./errors.ts";
import { permissionsOf, type Role } from "./permissions.ts";
import { signInWithKey } from "./sign-in-with-key.ts";
import { type StaffClaims, verifyToken, type VisitorClaims } from "./tokens.ts";

export type SignedIn = { actor: Actor; companyId: string; clockOffsetMs: number; origin: string | null };

/** Who sends this request, from its bearer token or its API key. Throws 401 for nobody, a stranger or an ended session. */
export async function signIn(c: HonoContext, nowMs: number): Promise<SignedIn> {
  const token = bearerOf(c);
  const key = c.req.header("x-api-key");
  if (!token && key) return signInWithKey(c.env as Env, key, nowMs, (work) => c.executionCtx.waitUntil(work));
  if (!token) throw new AppError("UNAUTHORIZED", "Sign in first");
  return signInWith(c.env as Env, token, nowMs, c.req.header("x-company-id"));
}

/** The bearer token of the header, or of `Sec-WebSocket-Protocol: bearer, <token>` where headers cannot be set. */
function bearerOf(c: HonoContext): string | null {
  const header = /^Bearer\s+(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  if (header) return header;
  const [scheme, token] = (c.req.header("sec-websocket-protocol") ?? "")
    .split(",")
    .map((part) => part.trim());
  return scheme === "bearer" && token ? token : null;
}

export async function signInWith(
  env: Env,
  token: string,
  nowMs: number,
  chosenCompany?: string,
): Promise<SignedIn> {
  const verified = await verifyToken(configOf(env), token, nowMs);
  return verified.kind === "staff"
    ? staff(env, verified.claims, chosenCompany)
    : visitor(env, verified.claims);
}

type StaffRow = {
  id: string;
  name: string;
  email: string;
  role: Role;
  company_id: string | null;
  manager_id: string | null;
  manager_access: "read" | "write" | null;
  clock_offset_ms: number | null;
  assignments: string;
};

/** One statement tells who the account is, whether its session lives, its properties and its company's clock. */
async function staff(env: Env, { sub, sid }: StaffClaims, chosenCompany?: string): Promise<SignedIn> {
  const db = openDb(databaseFor(env, ""));
  const row = await db.get<StaffRow>(sql`
    select a.id, a.name, a.email, a.role, a.company_id, a.manager_id, m.access_level as manager_access,
      c.clock_offset_ms,
      (select json_group_array(json_array(pa.property_id, pa.access_level)) from property_assignments pa
        where pa.company_id = a.company_id and pa.manager_id = a.manager_id) as assignments
    from accounts a
    left join companies c on c.id = a.company_id
    left join property_managers m on m.id = a.manager_id and m.deleted_at is null
    where a.id = ${sub} and a.deleted_at is null and a.disabled_at is null and (a.company_id is null or c.deleted_at is null)
      and exists (select 1 from refresh_tokens r where r.family_id = ${sid} and r.revoked_at is null)`);
  if (!row) throw new AppError("INVALID_TOKEN", "This session has ended");
  const actor: Actor = {
    kind: "staff",
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    managerId: row.manager_id,
    permissions: new Set(permissionsOf(row.role)),
    properties: accessOf(row),
    credential: { kind: "session", id: sid },
  };
  if (row.role === "platform_admin" && chosenCompany) return chooseCompany(db, actor, chosenCompany);
  return { actor, companyId: row.company_id ?? "", clockOffsetMs: row.clock_offset_ms ?? 0, origin: null };
}

function accessOf(row: StaffRow): PropertyAccess {
  if (row.role === "platform_admin" || row.role === "company_admin") return "all";
  const pairs = JSON.parse(row.assignments) as [string, "read" | "write"][];
  return new Map(pairs.map(([id, level]) => [id, row.manager_access === "read" ? "read" : level]));
}

async function chooseCompany(db: Db, actor: Actor, companyId: string): Promise<SignedIn> {
  const row = await db.get<{ clock_offset_ms: number }>(
    sql`select clock_offset_ms from companies where id = ${companyId} and deleted_at is null`,
  );
  if (!row) throw new AppError("RECORD_NOT_FOUND", "Company not found");
  return { actor, companyId, clockOffsetMs: row.clock_offset_ms, origin: null };
}

async function visitor(env: Env, claims: VisitorClaims): Promise<SignedIn> {
  const { sub, companyId, propertyId, origin } = claims;
  const row = await openDb(databaseFor(env, companyId)).get<{
    clock_offset_ms: number;
    name: string | null;
  }>(sql`
    select c.clock_offset_ms, trim(coalesce(u.first_name, '') || ' ' || coalesce(u.last_name, '')) as name
    from users u
    join companies c on c.id = u.company_id and c.deleted_at is null
    where u.id = ${sub} and u.company_id = ${companyId} and u.deleted_at is null`);
  if (!row) throw new AppError("INVALID_TOKEN", "This session has ended");
  const actor: Actor = { kind: "visitor", id: sub, name: row.name || "Visitor", propertyId };
  return { actor, companyId, clockOffsetMs: row.clock_offset_ms, origin };
}
