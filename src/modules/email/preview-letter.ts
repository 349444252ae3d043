import type { Context } from "../../core/context.ts";
import { invalidFields } from "../../core/errors.ts";
import { getProperty } from "../properties/queries.ts";
import { getDraft } from "./draft-queries.ts";
import { compileLetter, type Composed, type Footer, Unfillable } from "./compose-letter.ts";
import { sampleValues } from "./letter-subject.ts";
import { type LetterParts, requireLetter, takeTemplate } from "./take-template.ts";
import { getTemplate } from "./template-queries.ts";
import type { PreviewRequest, TemplatePreviewRequest } from "./templates.schemas.ts";

/** Shows a letter that need not be saved as somebody would get it. */
export async function previewLetter(ctx: Context, input: PreviewRequest): Promise<Composed> {
  await getProperty(ctx, input.property_id);
  const letter: LetterParts = {
    subject: input.subject,
    content: input.content,
    contentType: input.content_type ?? "markdown",
    variables: input.variables ?? {},
  };
  return fillSample(ctx, letter, input.property_id, input.lead_id);
}

export async function previewTemplate(
  ctx: Context,
  id: string,
  input: TemplatePreviewRequest,
): Promise<Composed> {
  const template = await getTemplate(ctx, id);
  const propertyId = input.property_id ?? template.propertyId;
  if (propertyId === null)
    throw invalidFields([
      { field: "property_id", message: "is required: the template is for every property" },
    ]);
  await getProperty(ctx, propertyId);
  const letter = await takeTemplate(ctx, propertyId, { template_id: id, variables: input.variables });
  return fillSample(ctx, letter, propertyId, input.lead_id);
}

export async function previewDraft(ctx: Context, id: string): Promise<Composed> {
  const { draft } = await getDraft(ctx, id);
  return fillSample(ctx, draft, draft.propertyId, draft.leadId);
}

/** Fills a letter for a lead, or for a person who does not exist. Throws 422 where it cannot be filled. */
export async function fillSample(
  ctx: Context,
  letter: LetterParts,
  propertyId: string,
  leadId?: string,
  footer?: Footer,
): Promise<Composed> {
  requireLetter(letter);
  const values = await sampleValues(ctx, propertyId, leadId);
  try {
    return compileLetter(letter)({ ...letter.variables, ...values }, footer);
  } catch (error) {
    if (error instanceof Unfillable) throw invalidFields([{ field: "content", message: error.message }]);
    throw error;
  }
}
