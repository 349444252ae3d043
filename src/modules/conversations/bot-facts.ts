import parsePhoneNumber from "libphonenumber-js/min";
import { and, asc, count, eq, gte, inArray, isNull, lte, max, min, or, type SQL } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { only } from "../../core/scope.ts";
import { conversations } from "../../db/schema/conversations.ts";
import { properties, units } from "../../db/schema/properties.ts";
import { tours } from "../../db/schema/tours.ts";
import { users } from "../../db/schema/users.ts";
import { searchFaqs } from "../faqs/search-faqs.ts";
import { type FreeTime, freeTimes } from "../tours/free-times.ts";
import { liveStatuses } from "../tours/tour-places.ts";
import type { Needs } from "./brain/needs.ts";
import type { Office, UnitFacts } from "./brain/plan.ts";
import type { Slots, TourTime } from "./brain/understanding.ts";
import type { ConversationRow } from "./present.ts";

const searchDays = 7;
const dayMs = 86_400_000;

/** What the bot must know before it can understand: where it is, whom it talks to, the tour that stands. */
export async function loadScene(ctx: Context, conversationId: string) {
  const [talks, places, people, booked] = await ctx.db.batch([
    ctx.db.select().from(conversations).where(theConversation(ctx, conversationId)),
    ctx.db
      .select({
        id: properties.id,
        name: properties.name,
        timeZone: properties.timeZone,
        phone: properties.phone,
        email: properties.email,
        address: properties.address,
        city: properties.city,
        state: properties.state,
        zipCode: properties.zipCode,
      })
      .from(properties)
      .innerJoin(conversations, eq(conversations.propertyId, properties.id))
      .where(theConversation(ctx, conversationId)),
    ctx.db
      .select({
        firstName: users.firstName,
        lastName: users.lastName,
        email: users.email,
        phone: users.phone,
      })
      .from(users)
      .innerJoin(
        conversations,
        and(eq(conversations.companyId, users.companyId), eq(conversations.userId, users.id)),
      )
      .where(theConversation(ctx, conversationId)),
    ctx.db
      .select({ id: tours.id, startsAt: tours.startsAt })
      .from(tours)
      .where(
        and(
          eq(tours.companyId, ctx.companyId),
          eq(tours.conversationId, conversationId),
          inArray(tours.status, [...liveStatuses]),
          gte(tours.startsAt, ctx.now()),
          isNull(tours.deletedAt),
        ),
      )
      .orderBy(asc(tours.startsAt))
      .limit(1),
  ]);
  const property = only(places, "Property");
  const tour = booked[0];
  return {
    conversation: only(talks, "Conversation"),
    property,
    office: officeOf(property),
    visitor: people[0] ?? { firstName: null, lastName: null, email: null, phone: null },
    tour: tour ? { id: tour.id, ...tourTime(tour.startsAt, property.timeZone) } : null,
  };
}

type Reached = Pick<
  typeof properties.$inferSelect,
  "phone" | "email" | "address" | "city" | "state" | "zipCode"
>;

/** How a property is reached, in words a visitor can use. */
export function officeOf({ phone, email, address, city, state, zipCode }: Reached): Office {
  const number = phone === null ? undefined : parsePhoneNumber(phone);
  const shown = number?.country === "US" ? number.formatNational() : (number?.formatInternational() ?? phone);
  return { phone: shown, email, address: `${address}, ${city}, ${state} ${zipCode}` };
}

export type Scene = Awaited<ReturnType<typeof loadScene>>;

function theConversation(ctx: Context, id: string) {
  return and(eq(conversations.companyId, ctx.companyId), eq(conversations.id, id));
}

/** What earlier messages and forms have told, in the brain's words. */
export function knownSlots({
  conversation,
  visitor,
}: Pick<Scene, "visitor"> & { conversation: ConversationRow }): Slots {
  const known = {
    bedrooms: conversation.bedrooms,
    bathrooms: conversation.bathrooms,
    price_min: conversation.priceRangeMin,
    price_max: conversation.priceRangeMax,
    move_in_date: conversation.moveInDate,
    occupants_count: conversation.occupantsCount,
    has_pets: conversation.hasPets,
    furnished: conversation.furnished,
    lease_months: conversation.leaseMonths,
  };
  return { ...present(known), ...contactSlots(visitor) };
}

/** What is known of the person, in the brain's words. */
export function contactSlots({ firstName, lastName, email, phone }: Scene["visitor"]): Slots {
  const name = [firstName, lastName].filter(Boolean).join(" ") || null;
  return present({ name, first_name: firstName, last_name: lastName, email, phone });
}

function present(values: Record<string, unknown>): Slots {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as Slots;
}

export type Place = { propertyId: string; timeZone: string };

/** Answers every need of the plan: approved FAQs, free times, units on offer. */
export async function fetchNeeds(ctx: Context, place: Place, needs: Needs, slots: Slots) {
  const [answers, times, units] = await Promise.all([
    Promise.all(
      needs.faqs.map(async (question) => ({
        question,
        matches: await searchFaqs(ctx, place.propertyId, question),
      })),
    ),
    needs.times ? timesFor(ctx, place, needs.times) : [],
    needs.units ? unitsOnOffer(ctx, place.propertyId, slots) : null,
  ]);
  return { answers, times, units };
}

/** Free times of the day asked for or, where it has none, of the first day after it that has; else of a week. */
export async function timesFor(
  ctx: Context,
  { propertyId, timeZone }: Place,
  { date, from }: { date: string | null; from: string | null },
): Promise<TourTime[]> {
  const start = date ?? from ?? undefined;
  const to = date ?? (from === null ? undefined : later(from, searchDays - 1));
  const found = await freeTimes(ctx, { propertyId, from: start, to });
  if (found.slots.length > 0 || found.nextAvailableDate === null) return labelled(found.slots, timeZone);
  const next = found.nextAvailableDate;
  const nearest = await freeTimes(ctx, { propertyId, from: next, to: next });
  return labelled(nearest.slots, timeZone);
}

function later(date: string, days: number): string {
  return new Date(Date.parse(date) + days * dayMs).toISOString().slice(0, 10);
}

function labelled(slots: FreeTime[], timeZone: string): TourTime[] {
  return slots.map(({ startsAt }) => tourTime(startsAt, timeZone));
}

/** A tour time as the visitor reads it: "Tue, Mar 5, 10:00 AM" on the property's clock. */
export function tourTime(at: Date, timeZone: string): TourTime {
  const label = new Intl.DateTimeFormat("en-US", {
    timeZone,
    weekday: "short",
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
  }).format(at);
  return { startsAt: at.toISOString(), label: label.replaceAll("\u202f", " ") };
}

async function unitsOnOffer(ctx: Context, propertyId: string, slots: Slots): Promise<UnitFacts> {
  const [found] = await ctx.db
    .select({ count: count(), rentMin: min(units.rent), rentMax: max(units.rent) })
    .from(units)
    .where(
      and(
        eq(units.companyId, ctx.companyId),
        eq(units.propertyId, propertyId),
        inArray(units.status, ["available", "on_notice"]),
        isNull(units.deletedAt),
        ...wishesOf(slots),
      ),
    );
  return found ?? { count: 0, rentMin: null, rentMax: null };
}

function wishesOf({ bedrooms, bathrooms, price_max, furnished, move_in_date }: Slots): (SQL | undefined)[] {
  return [
    bedrooms === undefined ? undefined : eq(units.bedrooms, bedrooms),
    bathrooms === undefined ? undefined : gte(units.bathrooms, bathrooms),
    price_max === undefined ? undefined : lte(units.rent, price_max),
    furnished === true ? eq(units.furnished, true) : undefined,
    move_in_date === undefined
      ? undefined
      : or(isNull(units.availableOn), lte(units.availableOn, move_in_date)),
  ];
}
