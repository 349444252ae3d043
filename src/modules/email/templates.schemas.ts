import * as z from "zod";
import { longText, shortText } from "../../core/fields.ts";
import { pageQuery } from "../../core/page.ts";
import { content, contentType, subject, variableName, variableValues } from "./letter.schemas.ts";

const variables = z
  .array(
    z.object({
      name: variableName,
      description: z.string().trim().max(300).nullable().optional(),
      default: z.string().max(2000).nullable().optional().describe("Without one its user must give a value"),
    }),
  )
  .max(30)
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, "must have a name each")
  .describe("Variables beyond those that are drawn from the lead and its property");

const fields = {
  property_id: z
    .string()
    .min(1)
    .nullable()
    .optional()
    .describe("Absent or null: for every property of the company"),
  name: shortText,
  description: longText.nullable().optional(),
  subject,
  content,
  content_type: contentType.optional(),
  variables: variables.optional(),
};

export const TemplateInput = z.object(fields).meta({
  example: {
    name: "Spring offer",
    subject: "{{ first_name }}, {{ offer }} at {{ property_name }}",
    content: "Hi {{ first_name }},\n\nthis month only: **{{ offer }}**.\n\nCall {{ property_phone }}.",
    variables: [{ name: "offer", default: "one month free" }],
  },
});
export type TemplateInput = z.infer<typeof TemplateInput>;

export const TemplateChanges = z
  .object({
    ...fields,
    name: fields.name.optional(),
    subject: fields.subject.optional(),
    content: fields.content.optional(),
  })
  .meta({ example: { name: "Summer offer" } });
export type TemplateChanges = z.infer<typeof TemplateChanges>;

export const TemplateQuery = pageQuery(["name", "created_at"], {
  property_id: z.string().optional().describe("Those this property can use"),
  q: shortText.optional().describe("Part of the name or the subject"),
});
export type TemplateQuery = z.infer<typeof TemplateQuery>;

export const PreviewRequest = z
  .object({
    subject,
    content,
    content_type: contentType.optional(),
    variables: variableValues.optional(),
    property_id: z.string().min(1),
    lead_id: z.string().min(1).optional().describe("Whose values to show; absent: those of a made-up person"),
  })
  .meta({
    example: {
      subject: "Hi {{ first_name }}",
      content: "**{{ offer }}** at {{ property_name }}",
      variables: { offer: "One month free" },
      property_id: "0195f3a0-0000-7000-8000-000000000001",
    },
  });
export type PreviewRequest = z.infer<typeof PreviewRequest>;

export const TemplatePreviewRequest = z
  .object({
    property_id: z.string().min(1).optional().describe("Needed where the template is for every property"),
    lead_id: PreviewRequest.shape.lead_id,
    variables: variableValues.optional(),
  })
  .meta({ example: { variables: { offer: "One month free" } } });
export type TemplatePreviewRequest = z.infer<typeof TemplatePreviewRequest>;

export const EmailTemplate = z
  .object({
    id: z.string(),
    property_id: z.string().nullable(),
    name: z.string(),
    description: z.string().nullable(),
    subject: z.string(),
    content: z.string(),
    content_type: contentType,
    variables: z.array(
      z.object({
        name: z.string(),
        description: z.string().nullable(),
        default: z.string().nullable(),
      }),
    ),
    used_variables: z.array(z.string()).describe("Every variable that subject and content name"),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: "EmailTemplate" });

export const MergeFields = z.array(z.string()).meta({ id: "EmailMergeFields" });
