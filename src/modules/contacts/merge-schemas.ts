import * as z from "zod";
import { Contact, Slice } from "./schemas.ts";

const examples = ["0195f3a0-0000-7000-8000-000000000001", "0195f3a0-0000-7000-8000-000000000002"] as const;

export const MergeId = z.object({ merge_id: z.string() });

export const MergeDraft = z
  .object({
    primary_id: z.string().min(1).describe("The contact that lives on"),
    secondary_ids: z.array(z.string().min(1)).min(1).max(9).describe("Those that become part of it"),
    dry_run: z.boolean().default(false).describe("Tell what would be, change nothing"),
    fields: z
      .record(z.string(), z.string())
      .default({})
      .describe(
        "Field to the contact whose value is wanted: first_name, last_name, company_name, address, notes, source, " +
          "assigned_to, primary_email, primary_phone, custom_fields.*",
      ),
  })
  .meta({
    example: {
      primary_id: examples[0],
      secondary_ids: [examples[1]],
      dry_run: true,
      fields: { last_name: examples[1] },
    },
  });
export type MergeDraft = z.infer<typeof MergeDraft>;

export const Merge = z
  .object({
    id: z.string(),
    primary_id: z.string(),
    secondary_ids: z.array(z.string()),
    fields: z.record(z.string(), z.string()).describe("What was chosen"),
    merged_by: z.string(),
    merged_by_id: z.string(),
    merged_at: z.iso.datetime(),
    undo_until: z.iso.datetime(),
    undone_by: z.string().nullable(),
    undone_by_id: z.string().nullable(),
    undone_at: z.iso.datetime().nullable(),
  })
  .meta({ id: "ContactMerge" });

export const MergeList = z
  .object({
    merges: z.array(Merge).describe("Newest first"),
    total: z.int(),
    skip: z.int(),
    limit: z.int(),
  })
  .meta({ id: "ContactMergeList" });

export const MergeQuery = Slice.extend({ primary_id: z.string().optional() });
export type MergeQuery = z.infer<typeof MergeQuery>;

export const MergeOutcome = z
  .object({
    dry_run: z.boolean(),
    merge: Merge.nullable().describe("Null for a dry run"),
    contact: Contact.describe("The contact that lives on, as it is or would be"),
    fields: z.array(
      z.object({
        field: z.string(),
        value: z.json(),
        from: z.array(z.string()).describe("The contacts the value comes from"),
        alternatives: z.array(z.object({ contact_id: z.string(), value: z.json() })),
      }),
    ),
    moved: z.object({ leads: z.int(), interactions: z.int(), users: z.int() }),
    archived_ids: z.array(z.string()),
    warnings: z.array(z.string()),
  })
  .meta({ id: "ContactMergeOutcome" });

export const MergeUndone = z
  .object({ merge: Merge, contacts: z.array(Contact).describe("As they are again, the survivor first") })
  .meta({ id: "ContactMergeUndone" });

const Candidate = z
  .object({ contact: Contact, score: z.int().describe("0 to 100"), reasons: z.array(z.string()) })
  .meta({ id: "ContactDuplicate" });

export const Duplicates = z
  .object({ contact_id: z.string(), duplicates: z.array(Candidate).describe("The likest first") })
  .meta({ id: "ContactDuplicates" });

export const DuplicateGroups = z
  .object({
    groups: z.array(
      z.object({
        kind: z.enum(["email", "phone"]),
        key: z.string().describe("What the contacts share"),
        score: z.int().describe("Of the likest two"),
        reasons: z.array(z.string()),
        contacts: z.array(Contact).describe("The oldest first"),
      }),
    ),
    total: z.int(),
    skip: z.int(),
    limit: z.int(),
  })
  .meta({ id: "ContactDuplicateGroups" });
