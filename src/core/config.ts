import * as z from "zod";

const secret = z.string().min(32, "must have at least 32 characters");

const Vars = z
  .object({
    ENVIRONMENT: z.enum(["production", "staging", "development", "test"]),
    APP_ORIGIN: z.url(),
    JWT_SECRET: secret,
    JWT_SECRET_PREVIOUS: secret.optional(),
    SECRETS_KEY: secret,
    SECRETS_KEY_PREVIOUS: secret.optional(),
    RESMAN_URL: z.url().default("https://api.myresman.com"),
    RESMAN_PARTNER_ID: z.string().default(""),
    RESMAN_API_KEY: z.string().default(""),
    SENDGRID_URL: z.url().default("https://api.sendgrid.com"),
    AMPLITUDE_URL: z.url().default("https://api2.amplitude.com"),
    OPENAI_URL: z.url().default("https://api.openai.com"),
    CALENDLY_URL: z.url().default("https://api.calendly.com"),
    MAIL_FROM: z.email().default("leasing@domiq.example"),
    SANDBOX_ORIGIN: z.url().optional(),
    RATE_LIMIT_SCALE: z.coerce.number().positive().default(1),
  })
  .superRefine((vars, issue) => {
    if (isLocal(vars.ENVIRONMENT)) return;
    for (const [name, value] of Object.entries(vars)) {
      if (typeof value === "string" && value.startsWith("dev-"))
        issue.addIssue({ code: "custom", path: [name], message: "is a development value" });
    }
    // One-click unsubscribing is by https only (RFC 8058), and no link in a mail should be by less.
    if (!vars.APP_ORIGIN.startsWith("https://"))
      issue.addIssue({ code: "custom", path: ["APP_ORIGIN"], message: "must begin with https://" });
    if (vars.SANDBOX_ORIGIN)
      issue.addIssue({ code: "custom", path: ["SANDBOX_ORIGIN"], message: "belongs to development only" });
    if (vars.RATE_LIMIT_SCALE !== 1 && vars.ENVIRONMENT === "production")
      issue.addIssue({ code: "custom", path: ["RATE_LIMIT_SCALE"], message: "must be 1 in production" });
  });

export type Config = z.infer<typeof Vars>;

/** Whether demo data, `/api/test/*` and the sandbox may exist. */
export function isLocal(environment: Config["ENVIRONMENT"]): boolean {
  return environment === "development" || environment === "test";
}

const parsed = new WeakMap<object, Config>();

/** The Worker's variables and secrets, checked once per isolate. Throws an Error naming every bad variable. */
export function configOf(env: Env): Config {
  const known = parsed.get(env);
  if (known) return known;
  const answer = Vars.safeParse(env);
  if (!answer.success) {
    const problems = answer.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`);
    throw new Error(`bad configuration: ${problems.join("; ")}`);
  }
  parsed.set(env, answer.data);
  return answer.data;
}
