import * as z from "zod";
import { emailAddress, shortText } from "../../core/fields.ts";
import { pageQuery } from "../../core/page.ts";
import { roles } from "../../core/permissions.ts";

export const AccountId = z.object({ id: z.string() });

/** A platform admin belongs to no company, so no company makes one. */
const companyRole = z.enum(roles).exclude(["platform_admin"]);
const managerId = z.string().min(1).max(64).nullable().optional();

export const Invitation = z
  .object({ email: emailAddress, name: shortText, role: companyRole, manager_id: managerId })
  .meta({ example: { email: "new.agent@maple.test", name: "Noa Agent", role: "agent" } });
export type Invitation = z.infer<typeof Invitation>;

export const AccountChanges = z
  .object({
    name: shortText.optional(),
    role: companyRole.optional(),
    manager_id: managerId.describe("The person record whose properties the account sees"),
    disabled: z.boolean().optional().describe("true ends every session and lets nobody in"),
  })
  .meta({ example: { role: "manager" } });
export type AccountChanges = z.infer<typeof AccountChanges>;

export const AccountQuery = pageQuery(["name", "email", "created_at", "last_login_at"], {
  q: shortText.optional(),
  role: z.enum(roles).optional(),
  disabled: z.stringbool().optional(),
});
export type AccountQuery = z.infer<typeof AccountQuery>;

export const StaffAccount = z
  .object({
    id: z.string(),
    company_id: z.string().nullable(),
    email: z.string(),
    name: z.string(),
    role: z.enum(roles),
    manager_id: z.string().nullable(),
    disabled: z.boolean(),
    last_login_at: z.iso
      .datetime()
      .nullable()
      .describe("null for somebody who was invited and has not come yet"),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: "StaffAccount" });
