import * as z from "zod";
import { emailAddress } from "../../core/fields.ts";
import { pageQuery } from "../../core/page.ts";
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

export const ForgotPassword = z
  .object({ email: emailAddress })
  .meta({ example: { email: "admin@maple.test" } });

export const LinkAsked = z.object({ requested: z.literal(true) });

/** What makes a good password is checked by the verb, so that the rule has one place. */
const newPassword = z
  .string()
  .min(1)
  .max(1000)
  .describe("At least 12 characters, and none of the common ones");

export const ResetPassword = z
  .object({ token: z.string().min(20).max(200), password: newPassword })
  .meta({ example: { token: "pr_0123456789abcdefghij", password: "a-long-and-rare-one" } });

export const ChangePassword = z
  .object({ current_password: z.string().min(1).max(256), new_password: newPassword })
  .meta({ example: { current_password: "demo-password-1!", new_password: "a-long-and-rare-one" } });

export const PasswordChanged = z.object({ changed: z.literal(true) });

export const SessionQuery = pageQuery(["last_used_at", "created_at"], {});
export type SessionQuery = z.infer<typeof SessionQuery>;

export const SessionId = z.object({ id: z.string() });

export const Session = z
  .object({
    id: z.string(),
    device: z.string().nullable().describe("The browser's or program's own name, as it was last sent"),
    is_current: z.boolean(),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime(),
    expires_at: z.iso.datetime().describe("Unless it is used before"),
  })
  .meta({ id: "StaffSession" });
