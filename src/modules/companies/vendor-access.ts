import { and, eq } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { unseal } from "../../core/secrets.ts";
import { companies, companySecrets } from "../../db/schema/companies.ts";
import type { AmplitudeAccess } from "../../integrations/amplitude/client.ts";
import type { CalendlyAccess } from "../../integrations/calendly/get-current-user.ts";
import type { OpenaiAccess } from "../../integrations/openai/list-models.ts";
import type { ResmanAccess } from "../../integrations/resman/call-resman.ts";
import type { SendgridAccess } from "../../integrations/sendgrid/client.ts";
import type { TwilioAccess } from "../../integrations/twilio/client.ts";
import type { SecretName } from "./schemas.ts";

/** How to reach SendGrid for the company; null when it has no key of its own. */
export async function findSendgridAccess(ctx: Context): Promise<SendgridAccess | null> {
  const { company, secret } = await settingsOf(ctx, "sendgrid_api_key");
  const baseUrl = ctx.config.SENDGRID_URL;
  if (!company || secret === null || !mayMeet(ctx, company, baseUrl)) return null;
  return { fetch: ctx.fetch, baseUrl, apiKey: secret };
}

/** Whether mail that is meant to arrive can be sent; a sandbox company wants no more than to read what it would send. */
export async function hasMailRoad(ctx: Context): Promise<boolean> {
  const { company, secret } = await settingsOf(ctx, "sendgrid_api_key");
  return secret !== null || company?.isSandbox === true;
}

/** What SendGrid signs its events for the company with, in base64 or PEM; null when it is not known. */
export async function findSendgridWebhookKey(ctx: Context): Promise<string | null> {
  return (await settingsOf(ctx, "sendgrid_webhook_public_key")).secret;
}

/** How to reach Amplitude for the company; null when it has no key of its own. */
export async function findAmplitudeAccess(ctx: Context): Promise<AmplitudeAccess | null> {
  const { company, secret } = await settingsOf(ctx, "amplitude_api_key");
  const baseUrl = ctx.config.AMPLITUDE_URL;
  if (!company || secret === null || !mayMeet(ctx, company, baseUrl)) return null;
  return { fetch: ctx.fetch, baseUrl, apiKey: secret };
}

/** How to reach OpenAI for the company; null when it has no key of its own. */
export async function findOpenaiAccess(ctx: Context): Promise<OpenaiAccess | null> {
  const { company, secret } = await settingsOf(ctx, "openai_api_key");
  const baseUrl = ctx.config.OPENAI_URL;
  if (!company || secret === null || !mayMeet(ctx, company, baseUrl)) return null;
  return { fetch: ctx.fetch, baseUrl, apiKey: secret };
}

/** How to reach Calendly for the company; null when it has no token of its own. */
export async function findCalendlyAccess(ctx: Context): Promise<CalendlyAccess | null> {
  const { company, secret } = await settingsOf(ctx, "calendly_api_token");
  const baseUrl = ctx.config.CALENDLY_URL;
  if (!company || secret === null || !mayMeet(ctx, company, baseUrl)) return null;
  return { fetch: ctx.fetch, baseUrl, token: secret };
}

/** How to send the company's text messages; null when it has no account, token or sender. */
export async function findTwilioAccess(ctx: Context): Promise<TwilioAccess | null> {
  const { company, secret } = await settingsOf(ctx, "twilio_auth_token");
  const { SANDBOX_ORIGIN } = ctx.config;
  // Only development knows a sandbox, and there nothing is texted to real people.
  const baseUrl = SANDBOX_ORIGIN ? `${SANDBOX_ORIGIN}/twilio` : "https://api.twilio.com";
  if (!company?.twilioAccountSid || !company.twilioFrom || secret === null) return null;
  if (!mayMeet(ctx, company, baseUrl)) return null;
  const { twilioAccountSid: accountSid, twilioFrom: from } = company;
  return { fetch: ctx.fetch, baseUrl, accountSid, authToken: secret, from };
}

/** How to reach ResMan for a property; null when the company has no account there. Without a key of its own ours is used. */
export async function findResmanAccess(ctx: Context, resmanPropertyId: string): Promise<ResmanAccess | null> {
  const { company, secret } = await settingsOf(ctx, "resman_api_key");
  const baseUrl = ctx.config.RESMAN_URL;
  if (!company?.resmanAccountId || !mayMeet(ctx, company, baseUrl)) return null;
  return {
    fetch: ctx.fetch,
    baseUrl,
    partnerId: ctx.config.RESMAN_PARTNER_ID,
    apiKey: secret ?? ctx.config.RESMAN_API_KEY,
    accountId: company.resmanAccountId,
    propertyId: resmanPropertyId,
  };
}

/** A sandbox company never meets a real vendor. */
function mayMeet(ctx: Context, company: { isSandbox: boolean }, url: string): boolean {
  const { SANDBOX_ORIGIN } = ctx.config;
  return !company.isSandbox || (SANDBOX_ORIGIN !== undefined && new URL(url).origin === SANDBOX_ORIGIN);
}

async function settingsOf(ctx: Context, name: SecretName) {
  const [found, [sealed]] = await ctx.db.batch([
    ctx.db
      .select({
        isSandbox: companies.isSandbox,
        resmanAccountId: companies.resmanAccountId,
        twilioAccountSid: companies.twilioAccountSid,
        twilioFrom: companies.twilioFrom,
      })
      .from(companies)
      .where(eq(companies.id, ctx.companyId)),
    ctx.db
      .select({ keyId: companySecrets.keyId, ciphertext: companySecrets.ciphertext })
      .from(companySecrets)
      .where(and(eq(companySecrets.companyId, ctx.companyId), eq(companySecrets.name, name))),
  ]);
  const secret = sealed ? await unseal(ctx.config, `${ctx.companyId}:${name}`, sealed) : null;
  return { company: found[0], secret };
}
