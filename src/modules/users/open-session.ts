import { and, eq, getTableColumns, isNull } from "drizzle-orm";
import { configOf } from "../../core/config.ts";
import { AppError, notFound } from "../../core/errors.ts";
import { newId, type Start, startContext } from "../../core/start-context.ts";
import { signVisitorToken, visitorTokenSeconds } from "../../core/tokens.ts";
import { databaseFor, type Db, openDb } from "../../db/client.ts";
import { isDuplicate } from "../../db/is-duplicate.ts";
import { companies } from "../../db/schema/companies.ts";
import { properties } from "../../db/schema/properties.ts";
import { users } from "../../db/schema/users.ts";
import { isWelcome } from "../properties/origins.ts";
import type { PropertyRow } from "../properties/present.ts";
import type { UserRow } from "./present.ts";
import { type OpenConversation, recordVisit } from "./record-visit.ts";
import type { Visit } from "./schemas.ts";

/** What a visitor's first call brings; nobody is signed in yet, so there is no Context. */
export type Door = Pick<Start, "env" | "requestId" | "log" | "waitUntil" | "parts"> & {
  browserId: string;
  /** The page's origin, null for a caller that is no page. */
  origin: string | null;
  userAgent: string | null;
};

export type OpenedSession = {
  token: string;
  expiresAt: Date;
  user: UserRow;
  property: PropertyRow;
  conversation: OpenConversation | null;
};

/** Lets a browser in on a property's site: knows its visitor again or makes one, and hands out a token. */
export async function openSession(door: Door, visit: Visit): Promise<OpenedSession> {
  try {
    return await open(door, visit);
  } catch (error) {
    // Two tabs of a new browser came at once, and the other one was first to make the user.
    if (!isDuplicate(error, "users.browser_id")) throw error;
    return open(door, visit);
  }
}

async function open(door: Door, visit: Visit): Promise<OpenedSession> {
  const { env, browserId, origin, userAgent, parts } = door;
  const config = configOf(env);
  const handle = databaseFor(env, "").withSession("first-primary");
  const known = await findDoorstep(openDb(handle), visit.embed_key, browserId);
  if (!known) throw notFound("Chatbot");
  const { property, clockOffsetMs, visitor } = known;
  if (!isWelcome(origin, property.allowedOrigins, config.APP_ORIGIN))
    throw new AppError("FORBIDDEN", "The chat of this property may not be opened from this site");
  const { companyId, id: propertyId } = property;
  const userId = visitor?.id ?? newId();
  const name = [visitor?.firstName, visitor?.lastName].filter(Boolean).join(" ") || "Visitor";
  const actor = { kind: "visitor" as const, id: userId, name, propertyId };
  const ctx = startContext({ ...door, companyId, clockOffsetMs, actor, handle });
  const { user, conversation } = await recordVisit(ctx, {
    userId,
    isNew: !visitor,
    browserId,
    propertyId,
    origin,
    userAgent,
    visit,
  });
  const nowMs = (parts?.now ?? Date.now)();
  const token = await signVisitorToken(config, { sub: user.id, companyId, propertyId, origin }, nowMs);
  const expiresAt = new Date((Math.floor(nowMs / 1000) + visitorTokenSeconds) * 1000);
  return { token, expiresAt, user, property, conversation };
}

/** The property the key names, its company's clock and the visitor if this browser has been here: one statement. */
async function findDoorstep(db: Db, embedKey: string, browserId: string) {
  const itsUser = and(
    eq(users.companyId, properties.companyId),
    eq(users.browserId, browserId),
    isNull(users.deletedAt),
  );
  const [row] = await db
    .select({
      property: getTableColumns(properties),
      clockOffsetMs: companies.clockOffsetMs,
      visitor: { id: users.id, firstName: users.firstName, lastName: users.lastName },
    })
    .from(properties)
    .innerJoin(companies, and(eq(companies.id, properties.companyId), isNull(companies.deletedAt)))
    .leftJoin(users, itsUser)
    .where(and(eq(properties.embedKey, embedKey), isNull(properties.deletedAt)));
  return row;
}
