import * as z from "zod";
import { shortText } from "../../core/fields.ts";
import { instant, pageQuery } from "../../core/page.ts";
import { type Permission, permissionsOf } from "../../core/permissions.ts";

export const ApiKeyId = z.object({ id: z.string() });

/** What a company can give away. A key makes no keys: one that was taken back would live on in its children. */
const grantable = permissionsOf("company_admin").filter((permission) => permission !== "manage_api_keys");

export const ApiKeyDraft = z
  .object({
    name: shortText,
    permissions: z
      .array(z.enum(grantable as [Permission, ...Permission[]]))
      .min(1)
      .max(grantable.length),
    property_ids: z
      .array(z.string().min(1).max(64))
      .min(1)
      .max(200)
      .nullable()
      .optional()
      .describe("Only these properties; absent or null for all of the company's"),
    expires_at: instant.nullable().optional().describe("Absent or null for a key that does not expire"),
  })
  .meta({ example: { name: "Reporting", permissions: ["view_leads", "view_tours"] } });
export type ApiKeyDraft = z.infer<typeof ApiKeyDraft>;

export const ApiKeyQuery = pageQuery(["created_at", "name"], { revoked: z.stringbool().optional() });
export type ApiKeyQuery = z.infer<typeof ApiKeyQuery>;

const fields = {
  id: z.string(),
  company_id: z.string(),
  name: z.string(),
  last_four: z.string().describe("The end of the key"),
  permissions: z.array(z.string()),
  property_ids: z.array(z.string()).nullable().describe("null means every property of the company"),
  created_by: z.string(),
  created_by_name: z.string(),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().nullable(),
  last_used_at: z.iso.datetime().nullable().describe("Accurate to the minute"),
  rotated_at: z.iso.datetime().nullable(),
  revoked_at: z.iso.datetime().nullable(),
};

export const ApiKey = z.object(fields).meta({ id: "ApiKey" });

export const ShownApiKey = z
  .object({ ...fields, key: z.string().describe("Travels as X-API-Key. Shown this once") })
  .meta({ id: "ShownApiKey" });
