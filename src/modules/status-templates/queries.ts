import { and, eq, isNull, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { invalidFields } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { inCompany, inProperties, only, requireWritable, staleVersion } from "../../core/scope.ts";
import { statusTemplates } from "../../db/schema/automation.ts";
import { properties } from "../../db/schema/properties.ts";
import { listLeadDefinitions } from "../leads/list-lead-definitions.ts";
import type { StatusTemplate } from "./choose-template.ts";

export type TemplatesRow = typeof statusTemplates.$inferSelect;
export type PropertyTemplates = { propertyId: string; companyId: string; row: TemplatesRow | null };

const t = statusTemplates;

export async function getTemplates(ctx: Context, propertyId: string): Promise<PropertyTemplates> {
  const [places, [row]] = await ctx.db.batch([
    ctx.db
      .select({ companyId: properties.companyId })
      .from(properties)
      .where(
        and(
          inCompany(ctx, properties.companyId),
          inProperties(ctx, properties.id),
          eq(properties.id, propertyId),
          isNull(properties.deletedAt),
        ),
      ),
    ctx.db
      .select()
      .from(t)
      .where(and(inCompany(ctx, t.companyId), eq(t.propertyId, propertyId))),
  ]);
  const { companyId } = only(places, "Property");
  return { propertyId, companyId, row: row ?? null };
}

/** Puts a property's templates in the place of those it had. `seenVersion` 0 is that of a property without any. */
export async function saveTemplates(
  ctx: Context,
  propertyId: string,
  templates: StatusTemplate[],
  seenVersion?: number,
): Promise<PropertyTemplates> {
  const before = await getTemplates(ctx, propertyId);
  requireWritable(ctx, propertyId);
  const { companyId } = before;
  await requireKnown(ctx, companyId, templates);
  const known = before.row?.version ?? 0;
  if (seenVersion !== undefined && seenVersion !== known) throw staleVersion();
  const changed = { templates, version: known + 1, updatedAt: ctx.now() };
  const [rows] = await commitChange(ctx, [
    ctx.db
      .insert(t)
      .values({ companyId, propertyId, ...changed })
      .onConflictDoUpdate({
        target: [t.companyId, t.propertyId],
        set: changed,
        setWhere: sql`${t.version} = ${known}`,
      })
      .returning(),
    audit(ctx, {
      action: "update",
      recordType: "status_templates",
      recordId: propertyId,
      companyId,
      before: before.row?.templates ?? [],
      after: templates,
    }),
  ]);
  return { propertyId, companyId, row: only(rows as TemplatesRow[], "Templates") };
}

/** Words for a status that no lead comes to would never be said. */
async function requireKnown(ctx: Context, companyId: string, templates: StatusTemplate[]): Promise<void> {
  const definitions = await listLeadDefinitions(ctx, companyId);
  const known = new Set(definitions.flatMap(({ steps }) => steps.map((step) => step.status_name)));
  const message = `is no status of a lead; known are ${[...known].join(", ")}`;
  const problems = templates.flatMap((template, index) =>
    (["old_status", "new_status"] as const).flatMap((end) => {
      const status = template[end];
      return status === null || known.has(status) ? [] : { field: `templates.${index}.${end}`, message };
    }),
  );
  if (problems.length > 0) throw invalidFields(problems);
}

/** A property's own words, for whoever tells of a change. */
export async function findTemplates(ctx: Context, propertyId: string): Promise<StatusTemplate[]> {
  const [row] = await ctx.db
    .select({ templates: t.templates })
    .from(t)
    .where(and(eq(t.companyId, ctx.companyId), eq(t.propertyId, propertyId)));
  return row?.templates ?? [];
}
