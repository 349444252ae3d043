import * as z from "zod";
import { Archived } from "../../core/fields.ts";

export const Erasure = z
  .object({
    id: z.string(),
    user_id: z.string(),
    status: z.enum(["pending", "done"]),
    receipt: z.record(z.string(), z.int()).describe("How many records were blanked or removed, by kind"),
    requested_by: z.string(),
    requested_by_name: z.string(),
    requested_at: z.iso.datetime(),
    finished_at: z.iso.datetime().nullable(),
  })
  .meta({ id: "Erasure" });

export const RemovalQuery = z.object({
  erase: z
    .stringbool()
    .default(false)
    .describe(
      "true removes the person's data for good, with all conversations, leads and tours; company admins only",
    ),
});

export const Removed = z
  .object({
    ...Archived.shape,
    erasure: Erasure.nullable().describe("null when the visitor was only archived"),
  })
  .meta({ id: "RemovedUser" });
