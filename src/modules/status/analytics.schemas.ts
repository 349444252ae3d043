import * as z from "zod";
import { EntityType } from "./workflow-schema.ts";

// Beyond these years a day has no longer ten letters, and days would no longer sort as they follow each other.
const Moment = z
  .union(
    [z.iso.date(), z.iso.datetime({ offset: true })],
    "must be a date, or an ISO 8601 time with an offset",
  )
  .refine((said) => said >= "1970-01-02" && said < "9000", "must lie between 1970 and 9000");

export const AnalyticsQuery = z.object({
  entity_type: EntityType.optional(),
  date_from: Moment.optional().describe(
    "Days are whole UTC days: the period begins with this one's beginning",
  ),
  date_to: Moment.optional().describe("A date is included; a time closes the period at the end of its day"),
  business_entity_id: z.string().min(1).optional().describe("The company"),
  property_id: z.string().min(1).optional(),
  group_by: z.enum(["status", "entity_type", "user", "day", "week", "month"]).default("status"),
});
export type AnalyticsQuery = z.infer<typeof AnalyticsQuery>;

const when = z.iso.datetime();
const rate = z
  .number()
  .nullable()
  .describe("Percent of the clocks that ended in time; null where none ended");
const hours = z.number().nullable().describe("Null where no stay ended");

export const Analytics = z
  .object({
    period: z.object({ from: when, to: when }),
    metrics: z.object({
      total_transitions: z.int(),
      unique_entities_affected: z.int(),
      average_status_duration_hours: hours,
      sla_compliance_rate: rate,
      overdue_incidents: z.int().describe("Deadlines that passed"),
    }),
    status_performance: z.array(
      z.object({
        entity_type: z.string(),
        status_name: z.string(),
        total_entries: z.int(),
        average_duration_hours: hours,
        sla_compliance_rate: rate,
        bottleneck_score: z
          .number()
          .min(0)
          .max(10)
          .describe(
            "Half for how long stays are beside the slowest status of the type, half for the share of deadlines missed; 0 for final ones",
          ),
      }),
    ),
    trend_data: z
      .array(
        z.object({
          date: z.iso.date().describe("The day, or the first of the week or month"),
          transitions: z.int(),
          overdue_count: z.int(),
          sla_compliance_rate: rate,
        }),
      )
      .describe("By day, or as group_by says by week (from Monday) or month"),
    groups: z
      .array(
        z.object({
          key: z.string(),
          label: z.string(),
          transitions: z.int(),
          average_duration_hours: hours,
          sla_compliance_rate: rate,
          overdue_count: z.int().nullable().describe("Null by user: deadlines pass without anybody"),
        }),
      )
      .describe("The same figures by what group_by names"),
  })
  .meta({ id: "StatusAnalytics" });
