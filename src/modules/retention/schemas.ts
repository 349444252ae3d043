import * as z from "zod";

const days = (least: number) =>
  z.int().min(least).max(3650).nullable().optional().describe("Days; null keeps for good");

export const RetentionChanges = z
  .object({
    conversations_days: days(1),
    mails_days: days(1),
    notifications_days: days(1),
    visitor_sessions_days: days(1),
    audit_log_days: days(90),
  })
  .meta({ example: { conversations_days: 730, mails_days: 365 } });
export type RetentionChanges = z.infer<typeof RetentionChanges>;

const kept = z.int().nullable();

export const Retention = z
  .object({
    conversations_days: kept.describe("Since the last message; what was said is removed, the lead stays"),
    mails_days: kept,
    notifications_days: kept,
    visitor_sessions_days: kept.describe("When a visitor was on which page"),
    audit_log_days: kept,
    updated_at: z.iso.datetime().nullable(),
  })
  .meta({ id: "Retention" });
