import * as z from "zod";
import { emailAddress } from "../../core/fields.ts";
import { content, contentType, subject, variableValues } from "./letter.schemas.ts";

const sources = ["draft_id", "template_id", "campaign_id", "content"] as const;

export const TestMailRequest = z
  .object({
    to: emailAddress
      .optional()
      .describe("An address of the company's own staff; absent: the caller's, which an API key has not"),
    draft_id: z.string().min(1).optional(),
    template_id: z.string().min(1).optional(),
    campaign_id: z.string().min(1).optional(),
    subject: subject.optional(),
    content: content.optional(),
    content_type: contentType.optional(),
    variables: variableValues.optional(),
    property_id: z
      .string()
      .min(1)
      .optional()
      .describe("Needed for a letter that is not saved, and for templates of every property"),
    lead_id: z
      .string()
      .min(1)
      .optional()
      .describe("Whose values to fill in; absent: those of a made-up person"),
  })
  .superRefine((request, check) => {
    const named = sources.filter((source) => request[source] !== undefined);
    const missing = (path: string) =>
      check.addIssue({ code: "invalid_type", expected: "string", input: undefined, path: [path] });
    if (named.length === 0) missing("content");
    if (named.length > 1)
      check.addIssue({ code: "custom", path: [named[1] ?? ""], message: `goes not with ${named[0]}` });
    if (request.content !== undefined && request.subject === undefined) missing("subject");
    if (request.content !== undefined && request.property_id === undefined) missing("property_id");
  })
  .meta({ example: { draft_id: "0195f3a0-0000-7000-8000-000000000001" } });
export type TestMailRequest = z.infer<typeof TestMailRequest>;

export const TestMail = z
  .object({
    mail_id: z.string(),
    to: z.string(),
    subject: z.string(),
    status: z.enum(["queued", "sending", "sent", "kept", "failed"]),
    error: z.string().nullable(),
  })
  .meta({ id: "TestMail" });
