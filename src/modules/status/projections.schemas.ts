import * as z from "zod";

export const Rebuild = z
  .object({
    repair: z.boolean().default(true).describe("False only tells what differs"),
    cursor: z
      .string()
      .max(500)
      .nullable()
      .optional()
      .describe("`next_cursor` of the call before; absent begins"),
  })
  .meta({ example: { repair: true } });
export type Rebuild = z.infer<typeof Rebuild>;

export const Rebuilt = z
  .object({
    checked: z.int().describe("Entities compared with their machines by this call"),
    drift: z
      .array(
        z.object({
          entity_type: z.string(),
          entity_id: z.string(),
          differences: z.array(z.string()).describe("At most 20"),
        }),
      )
      .describe("Entities whose rows were not what their machine knows; none is expected"),
    rollup_drift: z
      .int()
      .nullable()
      .describe(
        "Rows of the sums that did not fit, of the days this call looked at; null while it looked at entities",
      ),
    repaired: z.boolean(),
    next_cursor: z.string().nullable().describe("Null at the end"),
  })
  .meta({ id: "ProjectionsRebuilt" });
