import * as z from "zod";
import type { Work } from "../../core/outbox.ts";
import type { notificationTypes } from "./notification-types.ts";

/** Something the people of a property should know now. */
export const StaffNotice = z.object({
  /** Names the happening; told again it reaches nobody a second time. */
  dedupeKey: z.string().min(1),
  /** A short word by which people choose what they want to hear of, such as `tour_booked`. */
  type: z.string().min(1),
  propertyId: z.string().min(1),
  title: z.string().min(1),
  body: z.string().min(1),
  conversationId: z.string().nullish(),
  leadId: z.string().nullish(),
  /** Only for this manager; otherwise for every manager assigned to the property. */
  managerId: z.string().nullish(),
  payload: z.record(z.string(), z.unknown()).nullish(),
});
export type StaffNotice = z.infer<typeof StaffNotice>;

/** One of a type that people can choose channels for. */
export type KnownNotice = StaffNotice & { type: keyof typeof notificationTypes };

/** The outbox row of a notice, for the batch that makes it true. */
export function staffNotice(notice: KnownNotice): Work {
  return {
    topic: "notifications",
    key: `notice:${notice.dedupeKey}`,
    payload: { kind: "staff_notice", notice },
    dedupeKey: `notice:${notice.dedupeKey}`,
  };
}
