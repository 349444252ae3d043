import { and, eq } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError, invalidFields, notFound } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { commit } from "../../core/outbox.ts";
import { changes, only, requireWritable, staleVersion } from "../../core/scope.ts";
import { isDuplicate } from "../../db/is-duplicate.ts";
import { emailTemplates, type TemplateVariable } from "../../db/schema/email.ts";
import { getProperty } from "../properties/queries.ts";
import { complaintsOf } from "./merge-fields.ts";
import { getTemplate, type TemplateRow, visible } from "./template-queries.ts";
import type { TemplateChanges, TemplateInput } from "./templates.schemas.ts";

export async function createTemplate(ctx: Context, input: TemplateInput): Promise<TemplateRow> {
  await requirePlace(ctx, input.property_id ?? null);
  const variables = variablesOf(input.variables) ?? [];
  requireKnown(input.subject, input.content, variables);
  const now = ctx.now();
  const row = {
    id: ctx.newId(),
    companyId: ctx.companyId,
    propertyId: input.property_id ?? null,
    name: input.name,
    description: input.description ?? null,
    subject: input.subject,
    content: input.content,
    contentType: input.content_type ?? ("markdown" as const),
    variables,
    createdAt: now,
    updatedAt: now,
  };
  const [rows] = await commit(ctx, [
    ctx.db.insert(emailTemplates).values(row).returning(),
    audit(ctx, { action: "create", recordType: "email_template", recordId: row.id, after: input }),
  ]).catch(refuseTakenName);
  return only(rows, "E-mail template");
}

export async function updateTemplate(
  ctx: Context,
  id: string,
  input: TemplateChanges,
  seenVersion?: number,
): Promise<TemplateRow> {
  const before = await getTemplate(ctx, id);
  if (before.propertyId !== null) requireWritable(ctx, before.propertyId);
  if (seenVersion !== undefined && before.version !== seenVersion) throw staleVersion();
  if (input.property_id !== undefined) await requirePlace(ctx, input.property_id);
  const variables = variablesOf(input.variables);
  requireKnown(
    input.subject ?? before.subject,
    input.content ?? before.content,
    variables ?? before.variables,
  );
  const changed = changes({
    propertyId: input.property_id,
    name: input.name,
    description: input.description,
    subject: input.subject,
    content: input.content,
    contentType: input.content_type,
    variables,
  });
  const [rows] = await commitChange(ctx, [
    ctx.db
      .update(emailTemplates)
      .set({ ...changed, version: before.version + 1, updatedAt: ctx.now() })
      .where(unchanged(ctx, before))
      .returning(),
    audit(ctx, { action: "update", recordType: "email_template", recordId: id, before, after: input }),
  ]).catch(refuseTakenName);
  return only(rows as TemplateRow[], "E-mail template");
}

/** What was made from it keeps its words. */
export async function archiveTemplate(ctx: Context, id: string): Promise<{ id: string; deletedAt: Date }> {
  const before = await getTemplate(ctx, id);
  if (before.propertyId !== null) requireWritable(ctx, before.propertyId);
  const deletedAt = ctx.now();
  await commitChange(
    ctx,
    [
      ctx.db
        .update(emailTemplates)
        .set({ deletedAt, updatedAt: deletedAt })
        .where(and(visible(ctx), eq(emailTemplates.id, id))),
      audit(ctx, { action: "archive", recordType: "email_template", recordId: id, before }),
    ],
    [],
    () => notFound("E-mail template"),
  );
  return { id, deletedAt };
}

async function requirePlace(ctx: Context, propertyId: string | null): Promise<void> {
  if (propertyId === null) return;
  await getProperty(ctx, propertyId);
  requireWritable(ctx, propertyId);
}

function unchanged(ctx: Context, before: TemplateRow) {
  return and(visible(ctx), eq(emailTemplates.id, before.id), eq(emailTemplates.version, before.version));
}

function requireKnown(subject: string, content: string, variables: TemplateVariable[]): void {
  const complaints = complaintsOf(
    { subject, content },
    variables.map(({ name }) => name),
  );
  if (complaints.length > 0) throw invalidFields(complaints);
}

function variablesOf(declared: TemplateInput["variables"]): TemplateVariable[] | undefined {
  return declared?.map(({ name, description, default: value }) => ({
    name,
    description: description ?? null,
    default: value ?? null,
  }));
}

function refuseTakenName(error: unknown): never {
  if (isDuplicate(error, "email_templates.name"))
    throw new AppError("DUPLICATE_RECORD", "There is a template of this name");
  throw error;
}
