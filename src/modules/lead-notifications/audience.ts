import { and, eq, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { notificationPreferences } from "../../db/schema/notices.ts";
import { properties, propertyAssignments, propertyManagers } from "../../db/schema/properties.ts";
import { chooseChannels, type Preferences } from "./choose-channels.ts";

/** Somebody who is told, and how he wants to be. */
export type Listener = { managerId: string; email: string; phone: string; preferences: Preferences };

const m = propertyManagers;
const itsPreferences = and(
  eq(notificationPreferences.companyId, m.companyId),
  eq(notificationPreferences.managerId, m.id),
);
const listener = { id: m.id, email: m.email, phone: m.phone, preferences: notificationPreferences };

/** How many managers of a property hear of a type of happening by any of the channels they have chosen. */
export async function countListeners(ctx: Context, propertyId: string, type: string): Promise<number> {
  const audience = await listAudience(ctx, { propertyId });
  const hears = ({ preferences }: Listener) => chooseChannels({ type }, preferences, ctx.now()).length > 0;
  return audience.filter(hears).length;
}

/** One manager, or all who hear of a property; quiet hours without a zone of their own are the property's. */
export async function listAudience(
  ctx: Context,
  { propertyId, managerId }: { propertyId: string; managerId?: string | null | undefined },
): Promise<Listener[]> {
  const [people, [place]] = await ctx.db.batch([
    managerId ? named(ctx, managerId) : assigned(ctx, propertyId),
    ctx.db
      .select({ timeZone: properties.timeZone })
      .from(properties)
      .where(and(eq(properties.companyId, ctx.companyId), eq(properties.id, propertyId))),
  ]);
  return people.map(({ id, email, phone, preferences }) => ({
    managerId: id,
    email,
    phone,
    preferences: {
      channels: preferences?.channels ?? {},
      quietHours: preferences?.quietHours ?? null,
      timeZone: preferences?.timeZone ?? place?.timeZone ?? "UTC",
    },
  }));
}

function assigned(ctx: Context, propertyId: string) {
  return ctx.db
    .select(listener)
    .from(propertyAssignments)
    .innerJoin(
      m,
      and(eq(m.companyId, propertyAssignments.companyId), eq(m.id, propertyAssignments.managerId)),
    )
    .leftJoin(notificationPreferences, itsPreferences)
    .where(
      and(
        eq(propertyAssignments.companyId, ctx.companyId),
        eq(propertyAssignments.propertyId, propertyId),
        isNull(m.deletedAt),
      ),
    );
}

function named(ctx: Context, managerId: string) {
  return ctx.db
    .select(listener)
    .from(m)
    .leftJoin(notificationPreferences, itsPreferences)
    .where(and(eq(m.companyId, ctx.companyId), eq(m.id, managerId), isNull(m.deletedAt)));
}
