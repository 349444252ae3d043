import * as z from "zod";
import { shortText } from "../../core/fields.ts";
import { instant, pageQuery } from "../../core/page.ts";

export const AuditQuery = pageQuery(["created_at"], {
  record_type: shortText.optional(),
  record_id: shortText.optional(),
  actor_id: shortText.optional(),
  action: shortText.optional(),
  from: instant.optional(),
  to: instant.optional().describe("Exclusive"),
});
export type AuditQuery = z.infer<typeof AuditQuery>;

export const AuditEntry = z
  .object({
    id: z.string(),
    company_id: z.string(),
    actor_kind: z.string(),
    actor_id: z.string(),
    actor_name: z.string(),
    action: z.string(),
    record_type: z.string(),
    record_id: z.string(),
    before: z.json().describe("The record as it was, where the write changed one"),
    after: z.json().describe("What the caller asked for"),
    request_id: z.string(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: "AuditEntry" });
