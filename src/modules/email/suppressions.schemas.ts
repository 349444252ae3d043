import * as z from "zod";
import { emailAddress, longText, shortText } from "../../core/fields.ts";
import { pageQuery } from "../../core/page.ts";
import { suppressionReasons } from "../../db/schema/email.ts";

export const SuppressionInput = z.object({
  email: emailAddress.meta({ example: "robin.field@example.com" }),
  note: longText.nullable().optional().meta({ example: "Asked on the phone" }),
});
export type SuppressionInput = z.infer<typeof SuppressionInput>;

export const SuppressionQuery = pageQuery(["created_at", "email"], {
  email: emailAddress.optional().describe("The whole address"),
  reason: z.enum(suppressionReasons).optional(),
  q: shortText.optional().describe("Part of the address"),
});
export type SuppressionQuery = z.infer<typeof SuppressionQuery>;

export const EmailSuppression = z
  .object({
    id: z.string(),
    email: z.string(),
    reason: z.enum(suppressionReasons),
    note: z.string().nullable(),
    mail_id: z.string().nullable().describe("The mail that led to it"),
    created_at: z.iso.datetime(),
  })
  .meta({ id: "EmailSuppression" });
