import * as z from "zod";

/** Client to server on `/api/ws/notifications/:managerId` and `/api/ws/analytics/:propertyId`. */
export const FeedClientFrame = z.discriminatedUnion("type", [
  z.object({ type: z.literal("resume"), after: z.int().min(0) }),
]);
export type FeedClientFrame = z.infer<typeof FeedClientFrame>;

/**
 * Server to client: a numbered happening, how many notifications are unread where that has changed, or a complaint
 * about a frame. `missed` says the buffer began later.
 */
export const FeedServerFrame = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready"), last_seq: z.int(), missed: z.boolean() }),
  z.object({
    type: z.literal("notification"),
    seq: z.int(),
    notification: z.record(z.string(), z.unknown()),
  }),
  z.object({ type: z.literal("unread"), unread_count: z.int() }),
  z.object({ type: z.literal("analytics"), seq: z.int(), event: z.record(z.string(), z.unknown()) }),
  z.object({ type: z.literal("error"), code: z.string(), message: z.string() }),
]);
export type FeedServerFrame = z.infer<typeof FeedServerFrame>;

/** What a hibernating socket remembers. */
export const FeedSeat = z.object({
  v: z.literal(1),
  accountId: z.string(),
  /** Somebody else's notifications are told only of these; null is for everything. */
  propertyIds: z.array(z.string()).nullable(),
});
export type FeedSeat = z.infer<typeof FeedSeat>;
