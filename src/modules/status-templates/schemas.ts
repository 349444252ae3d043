import * as z from "zod";
import { templateText } from "./template-text.ts";
import { variables } from "./interpolate.ts";

export const PropertyOfTemplates = z.object({ propertyId: z.string() });

const statusName = z.string().min(1).max(64);

const StatusTemplate = z.strictObject({
  old_status: statusName.nullable().default(null).describe("null stands for any"),
  new_status: statusName.nullable().default(null).describe("null stands for any"),
  title: templateText(200),
  body: templateText(4000),
});

export const StatusTemplates = z
  .object({
    templates: z
      .array(StatusTemplate)
      .max(100)
      .superRefine((templates, check) => {
        const seen = new Set<string>();
        for (const [index, { old_status, new_status }] of templates.entries()) {
          const key = JSON.stringify([old_status, new_status]);
          if (seen.has(key))
            check.addIssue({ code: "custom", path: [index], message: "is the second for these statuses" });
          seen.add(key);
        }
      })
      .describe("All of the property's templates; those left out are gone"),
  })
  .meta({
    example: {
      templates: [
        {
          old_status: null,
          new_status: "qualified",
          title: "{{lead_name}} is qualified",
          body: "{{lead_name}} ({{lead_email}}) at {{property_name}}: score {{lead_score}}.",
        },
      ],
    },
  });
export type StatusTemplates = z.infer<typeof StatusTemplates>;

const TemplateAnswer = z.object({
  old_status: z.string().nullable(),
  new_status: z.string().nullable(),
  title: z.string(),
  body: z.string(),
});

export const TemplatesOfProperty = z
  .object({
    property_id: z.string(),
    templates: z
      .array(TemplateAnswer)
      .describe(
        "Of those that fit, both statuses go before the new one alone, that before the old one, that before any",
      ),
    default_template: TemplateAnswer.describe("Used where none fits"),
    variables: z.array(z.enum(variables)),
    updated_at: z.iso.datetime().nullable(),
  })
  .meta({ id: "StatusTemplates" });
