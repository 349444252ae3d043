import * as z from "zod";

const when = z.iso.datetime();

const ExplainedClock = z.object({
  status: z.string().describe("The status it measures"),
  rule: z.string().describe("What set the goal"),
  goal_ms: z.number(),
  promised_for: when.nullable().describe("The date that was named in place of a number of hours"),
  started_at: when.nullable(),
  closed_at: when.nullable(),
  met: z.boolean().nullable().describe("Whether the deadline was kept; null while the clock is open"),
  paused: z.boolean(),
  elapsed_ms: z.number().describe("The sum of counted_ms"),
  remaining_ms: z.number().describe("With elapsed_ms it adds up to goal_ms; negative once that is used up"),
  sla_deadline: when.nullable().describe("Of a closed clock the one it had; null while it stands still"),
  segments: z.array(
    z.object({
      kind: z.enum(["running", "paused"]),
      reason: z.string(),
      from: when,
      to: when.nullable().describe("Null for the one that lasts"),
      calendar_version: z.string().nullable().describe("Null counts around the clock"),
      counted_ms: z.number(),
    }),
  ),
  warnings: z.array(z.object({ percent: z.int(), at: when.nullable() })),
});

export const Explanation = z
  .object({
    entity_type: z.string(),
    entity_id: z.union([z.number(), z.string()]),
    current_status: z.string(),
    as_of: when,
    workflow: z.object({ id: z.string(), name: z.string(), version: z.int() }),
    clock: ExplainedClock.nullable().describe("The one that runs or stands still"),
    former_clocks: z.array(ExplainedClock).describe("The latest hundred, the oldest of them first"),
    calendars: z
      .record(z.string(), z.object({ time_zone: z.string(), hours: z.record(z.string(), z.json()) }))
      .describe("By version: every calendar that a segment names"),
  })
  .meta({ id: "StatusExplanation" });
