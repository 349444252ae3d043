import { iso } from "../../core/fields.ts";
import { defaultTemplate } from "./choose-template.ts";
import { variables } from "./interpolate.ts";
import type { PropertyTemplates } from "./queries.ts";

export function presentTemplates({ propertyId, row }: PropertyTemplates) {
  return {
    property_id: propertyId,
    templates: row?.templates ?? [],
    default_template: defaultTemplate,
    variables,
    updated_at: iso(row?.updatedAt ?? null),
  };
}
