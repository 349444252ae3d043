import { Temporal } from "temporal-polyfill";
import type { Context } from "../../core/context.ts";
import { tours } from "../../db/schema/tours.ts";
import { changeStatus } from "../status/change-status.ts";
import { bookTour } from "../tours/book-tour.ts";
import { freeTimes } from "../tours/free-times.ts";
import { asOf } from "./as-of.ts";
import { demoId } from "./demo/demo-id.ts";
import type { Story } from "./demo/story.ts";

/** Books the first free time so many days from now, with all that a booking brings about. */
export async function bookStoryTour(ctx: Context, story: Story, inDays: number): Promise<void> {
  const propertyId = demoId(story.property);
  const { timeZone } = await freeTimes(ctx, { propertyId });
  const day = Temporal.Instant.fromEpochMilliseconds(ctx.now().getTime())
    .toZonedDateTimeISO(timeZone)
    .add({ days: inDays })
    .toPlainDate();
  const { slots } = await freeTimes(ctx, {
    propertyId,
    from: day.toString(),
    to: day.add({ days: 6 }).toString(),
  });
  const slot = slots[2] ?? slots[0];
  if (!slot) return;
  await bookTour(ctx, {
    propertyId,
    startsAt: slot.startsAt,
    tourType: "in_person",
    source: "chat",
    prospect: { name: nameOf(story), email: story.person.email, phone: story.person.phone },
    conversationId: demoId(story.key),
    leadId: demoId(`lead ${story.key}`),
    userId: demoId(`user ${story.key}`),
  });
}

type Past = Extract<NonNullable<Story["tour"]>, { hoursAgo: number }>;

/** A tour that has taken place; the book keeps no claim on a time that is over. */
export async function writePastTour(ctx: Context, story: Story, { hoursAgo, outcome }: Past): Promise<void> {
  const id = demoId(`tour ${story.key}`);
  const startsAt = asOf(ctx, hoursAgo).now();
  const bookedAt = asOf(ctx, Math.max(hoursAgo + 1, story.began - 1)).now();
  const propertyId = demoId(story.property);
  await ctx.db
    .insert(tours)
    .values({
      id,
      companyId: ctx.companyId,
      propertyId,
      conversationId: demoId(story.key),
      leadId: demoId(`lead ${story.key}`),
      userId: demoId(`user ${story.key}`),
      prospectName: nameOf(story),
      prospectEmail: story.person.email ?? null,
      prospectPhone: story.person.phone ?? null,
      startsAt,
      durationMinutes: 30,
      bufferBeforeMinutes: 0,
      bufferAfterMinutes: 0,
      staffed: true,
      tourType: "in_person",
      status: "completed",
      source: "chat",
      outcome,
      createdAt: bookedAt,
      updatedAt: startsAt,
    })
    .onConflictDoNothing();
  const shared = {
    entityType: "tour",
    entityId: id,
    propertyId,
    entityDetails: { prospect_name: nameOf(story) },
  };
  const booked = { ...asOf(ctx, hoursAgo), now: () => bookedAt };
  await changeStatus(booked, { ...shared, toStatus: "scheduled", changeId: `demo:${id}:scheduled` });
  await changeStatus(asOf(ctx, hoursAgo - 0.5), {
    ...shared,
    toStatus: "completed",
    changeId: `demo:${id}:completed`,
  });
}

function nameOf({ person }: Story): string {
  return [person.firstName, person.lastName].filter(Boolean).join(" ") || "A visitor";
}
