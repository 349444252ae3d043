import type { Context } from "../../core/context.ts";
import { invalidFields } from "../../core/errors.ts";
import type { TemplateVariable } from "../../db/schema/email.ts";
import type { LetterType } from "./compose-letter.ts";
import { complaintsOf } from "./merge-fields.ts";
import { getTemplate } from "./template-queries.ts";

export type LetterParts = {
  subject: string;
  content: string;
  contentType: LetterType;
  variables: Record<string, string>;
};

export type LetterInput = {
  template_id?: string | null | undefined;
  subject?: string | undefined;
  content?: string | undefined;
  content_type?: LetterType | undefined;
  variables?: Record<string, string> | undefined;
};

/**
 * The letter a draft or campaign begins with: its own words, and those of a template where it has none. Throws 422
 * naming variables that do not exist, and those of the template that were given no value.
 */
export async function takeTemplate(
  ctx: Context,
  propertyId: string,
  input: LetterInput,
  contentField = "content",
): Promise<LetterParts & { templateId: string | null }> {
  const template = input.template_id ? await getTemplate(ctx, input.template_id) : null;
  if (template && template.propertyId !== null && template.propertyId !== propertyId)
    throw invalidFields([{ field: "template_id", message: "is a template of another property" }]);
  const letter = {
    templateId: template?.id ?? null,
    subject: input.subject ?? template?.subject ?? "",
    content: input.content ?? template?.content ?? "",
    contentType: input.content_type ?? template?.contentType ?? "markdown",
    variables: { ...defaultsOf(template?.variables ?? []), ...input.variables },
  };
  const missing = (template?.variables ?? []).filter(({ name }) => !(name in letter.variables));
  if (missing.length > 0)
    throw invalidFields(
      missing.map(({ name }) => ({ field: `variables.${name}`, message: "is required by the template" })),
    );
  requireLetter(letter, contentField);
  return letter;
}

/** Throws 422 naming every variable that nobody can fill. */
export function requireLetter(letter: LetterParts, contentField = "content"): void {
  const texts = { subject: letter.subject, [contentField]: letter.content };
  const complaints = complaintsOf(texts, Object.keys(letter.variables));
  if (complaints.length > 0) throw invalidFields(complaints);
}

function defaultsOf(variables: TemplateVariable[]): Record<string, string> {
  return Object.fromEntries(
    variables.flatMap(({ name, default: value }) => (value === null ? [] : [[name, value]])),
  );
}
