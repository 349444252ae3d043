import * as z from "zod";

export const TourType = z.enum(["in_person", "virtual", "self_guided"]);
export type TourType = z.infer<typeof TourType>;

const minuteMs = 60_000;

const shape = {
  /** How long a tour takes. */
  duration_minutes: z.int().min(5).max(480),
  /** Distance between two possible starts, counted from the opening of each window of the property. */
  raster_minutes: z.int().min(5).max(480),
  /** Kept free before and after every tour. Two neighbouring tours keep the buffers of both. */
  buffer_before_minutes: z.int().min(0).max(240),
  buffer_after_minutes: z.int().min(0).max(240),
  min_notice_minutes: z
    .int()
    .min(0)
    .max(60 * 24 * 30),
  /** Last bookable local date, counted from today. */
  horizon_days: z.int().min(1).max(365),
  /** Parties one guide takes along at the same start; without guides, parties on the property at one time. */
  capacity: z.int().min(1).max(50),
  /** False where nobody walks along: managers' hours then do not matter. */
  needs_manager: z.boolean(),
  offered: z.boolean(),
  /** Shown to the prospect in the confirmation. */
  instructions: z.string().trim().max(2000),
  virtual_link: z.url({ protocol: /^https$/ }).max(500),
};

const Overrides = z.strictObject(shape).partial();

/** A property's tour rules as stored and as sent; absent fields take the defaults below. */
export const TourRules = Overrides.extend({
  types: z
    .strictObject({
      in_person: Overrides.optional(),
      virtual: Overrides.optional(),
      self_guided: Overrides.optional(),
    })
    .optional(),
});
export type TourRules = z.infer<typeof TourRules>;

/** The rules of one tour type, complete, in milliseconds. */
export type SlotRules = {
  durationMs: number;
  rasterMs: number;
  beforeMs: number;
  afterMs: number;
  minNoticeMs: number;
  horizonDays: number;
  capacity: number;
  needsManager: boolean;
  offered: boolean;
  instructions: string | null;
  virtualLink: string | null;
};

/** A type's own value wins over the property's, the property's over the leasing default. */
export function slotRules(stored: TourRules | null | undefined, type: TourType): SlotRules {
  const rules = { ...stored, ...stored?.types?.[type] };
  return {
    durationMs: (rules.duration_minutes ?? 30) * minuteMs,
    rasterMs: (rules.raster_minutes ?? 30) * minuteMs,
    beforeMs: (rules.buffer_before_minutes ?? 0) * minuteMs,
    afterMs: (rules.buffer_after_minutes ?? 0) * minuteMs,
    minNoticeMs: (rules.min_notice_minutes ?? 60) * minuteMs,
    horizonDays: rules.horizon_days ?? 90,
    capacity: rules.capacity ?? 1,
    needsManager: rules.needs_manager ?? true,
    offered: rules.offered ?? true,
    instructions: rules.instructions ?? null,
    virtualLink: rules.virtual_link ?? null,
  };
}
