import * as z from "zod";
import { shortText } from "../../core/fields.ts";
import { localDate } from "../../core/page.ts";

const words = z.array(shortText).min(1).max(50).optional();
const time = z.iso.datetime({
  offset: true,
  error: "must be an ISO 8601 time with an offset, such as 2026-03-01T10:00:00Z",
});

/** Which of a property's leads are meant. Fields that are absent exclude nobody. */
export const Audience = z
  .strictObject({
    lead_status: words.describe("Leads that stand at one of these"),
    source: words.describe("Where the lead came from"),
    tags: words.describe("Leads whose contact carries one of these"),
    move_in_from: localDate.optional(),
    move_in_to: localDate.optional(),
    bedrooms: z.array(z.int().min(0).max(20)).min(1).max(20).optional(),
    min_score: z.int().min(0).max(100).optional(),
    created_from: time.optional(),
    created_to: time.optional().describe("Exclusive"),
    active_since: time.optional().describe("Leads that have been heard of since then"),
  })
  .refine(({ move_in_from: from, move_in_to: to }) => from === undefined || to === undefined || from <= to, {
    path: ["move_in_to"],
    error: "must not lie before move_in_from",
  });
export type Audience = z.infer<typeof Audience>;
