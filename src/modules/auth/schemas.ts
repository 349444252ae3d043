import { z } from "zod";
import { emailAddress } from "../../core/fields.ts";
import { roles } from "../../core/permissions.ts";

export const Login = z
  .object({ email: emailAddress, password: z.string().min(1).max(256) })
  .meta({ example: { email: "admin@maple.test", password: "demo-password-1!" } });
export type Login = z.infer<typeof Login>;

export const RefreshToken = z
  .object({ refresh_token: z.string().min(20).max(200) })
  .meta({ example: { refresh_token: "rt_0123456789abcdefghij" } });

export const Account = z
  .object({
    id: z.string(),
    company_id: z.string().nullable(),
    email: z.string(),
    name: z.string(),
    role: z.enum(roles),
    manager_id: z.string().nullable(),
    permissions: z.array(z.string()),
    property_ids: z.array(z.string()).nullable().describe("null means every property of the company"),
  })
  .meta({ id: "Account" });

export const Tokens = z
  .object({
    access_token: z.string(),
    refresh_token: z.string(),
    token_type: z.literal("Bearer"),
    expires_in: z.int().describe("Seconds"),
    account: Account,
  })
  .meta({ id: "Tokens" });

export const LoggedOut = z.object({ logged_out: z.literal(true) });
