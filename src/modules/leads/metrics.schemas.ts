import * as z from "zod";

const Moment = z
  .union(
    [z.iso.date(), z.iso.datetime({ offset: true })],
    "must be a date, or an ISO 8601 time with an offset",
  )
  .refine((text) => text < "9999", "must be before the year 9999");

const shape = {
  property_id: z.string().min(1),
  from: Moment.optional().describe(
    "A date is the property's own day from its beginning, a time is taken as it is; the last thirty days unless said",
  ),
  to: Moment.optional().describe("A date is the property's own day to its end; a time is not included"),
};

export const MetricsQuery = z.object(shape);
export type MetricsQuery = z.infer<typeof MetricsQuery>;

export const TrendsQuery = z.object({ ...shape, interval: z.enum(["day", "week"]).default("day") });
export type TrendsQuery = z.infer<typeof TrendsQuery>;

const when = z.iso.datetime();
const period = z.object({ from: when, to: when.describe("Not included") });
const timeZone = z.string().describe("The property's; its days are counted by");
const percent = z.number().nullable();
const compliance = percent.describe("Percent of the clocks that ended in time; null where none ended");
const hours = z.number().nullable().describe("Null where nothing ended");

export const LeadStatusMetrics = z
  .object({
    property_id: z.string(),
    period,
    time_zone: timeZone,
    total_leads: z.int().describe("Leads there are now, wherever they stand"),
    overdue_leads: z.int().describe("Those whose deadline has passed by now"),
    counts: z
      .array(
        z.object({
          status: z.string(),
          label: z.string(),
          now: z.int().describe("Leads that stand there now"),
          entered: z.int().describe("Times leads came to it in the period"),
          left: z.int().describe("Times leads left it in the period"),
        }),
      )
      .describe("In the order of the way to a lease"),
    conversion: z
      .array(
        z.object({
          status: z.string(),
          reached: z
            .int()
            .describe("Different leads that came in the period to this status or one further on the way"),
          from_previous: percent.describe("Percent of those who reached the status before"),
          from_first: percent.describe("Percent of those who reached the first"),
        }),
      )
      .describe("Of the leads that moved in the period; whoever skips a status counts as having reached it"),
    lost: z.int().describe("Different leads that were lost in the period"),
    time_in_status: z.array(
      z.object({
        status: z.string(),
        stays: z.int().describe("Stays that ended in the period"),
        average_hours: hours.describe("Their time together by their number, around the clock"),
      }),
    ),
    sla: z.object({
      met: z.int(),
      missed: z.int(),
      compliance_rate: compliance,
      breaches: z.int().describe("Deadlines that passed in the period, ended or not"),
    }),
  })
  .meta({ id: "LeadStatusMetrics" });

export const LeadStatusTrends = z
  .object({
    property_id: z.string(),
    period,
    time_zone: timeZone,
    interval: z.enum(["day", "week"]),
    points: z.array(
      z.object({
        date: z.iso.date().describe("The property's day, or the Monday of the week"),
        entered: z.record(z.string(), z.int()).describe("Times leads came to each status"),
        total: z.int().describe("Changes of status together"),
        sla_compliance_rate: compliance,
        breaches: z.int(),
      }),
    ),
  })
  .meta({ id: "LeadStatusTrends" });

export const LeadStatusPerformance = z
  .object({
    property_id: z.string(),
    period,
    time_zone: timeZone,
    statuses: z.array(
      z.object({
        status: z.string(),
        label: z.string(),
        stays: z.int(),
        average_hours: hours,
        sla_met: z.int(),
        sla_missed: z.int(),
        sla_compliance_rate: compliance,
        breaches: z.int(),
      }),
    ),
    milestones: z
      .array(
        z.object({
          status: z.string(),
          leads: z.int().describe("Leads that came to it in the period for the first time"),
          average_hours_from_start: hours.describe("From the lead's first status to its first coming here"),
        }),
      )
      .describe("How long the way to each status takes"),
    people: z.array(
      z.object({
        id: z.string().describe("An account, or a part of the system such as chatbot or status-workflows"),
        name: z.string(),
        changes: z.int(),
        average_hours: hours.describe("How long leads had stood where this one moved them from"),
        sla_compliance_rate: compliance,
      }),
    ),
    automation: z
      .object({
        runs: z.int(),
        done: z.int(),
        failed: z.int(),
        stopped: z.int(),
        moved: z.int().describe("Runs that moved their lead"),
        refused: z.int().describe("Runs whose move the lead's rules refused"),
      })
      .describe("The property's status workflows in the period"),
  })
  .meta({ id: "LeadStatusPerformance" });
