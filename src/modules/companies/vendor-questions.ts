import { and, asc, eq, isNotNull, isNull } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { properties } from "../../db/schema/properties.ts";
import { uploadEvents } from "../../integrations/amplitude/client.ts";
import { getCurrentUser } from "../../integrations/calendly/get-current-user.ts";
import { listModels } from "../../integrations/openai/list-models.ts";
import { getEmployees, getProspectSources } from "../../integrations/resman/client.ts";
import { listScopes } from "../../integrations/sendgrid/list-scopes.ts";
import { getAccount } from "../../integrations/twilio/client.ts";
import { throughGate } from "../resman/through-gate.ts";
import type { CompanyRow } from "./present.ts";
import type { TestedVendor } from "./schemas.ts";
import * as access from "./vendor-access.ts";

export type Finding = { ok: boolean; message: string };

/** `hint` says what to look at when the vendor says no. */
export type Question = { hint: string; ask: () => Promise<Finding> };

/** For each vendor a harmless question with the company's settings, or why it cannot be asked. */
export const questionFor: Record<
  TestedVendor,
  (ctx: Context, company: CompanyRow) => Promise<Question | string>
> = {
  resman: askResman,
  sendgrid: askSendgrid,
  amplitude: askAmplitude,
  openai: askOpenai,
  calendly: askCalendly,
  twilio: askTwilio,
};

const sandboxOnly = "This is a sandbox company, and it never meets a real vendor";

function lacks(company: CompanyRow, settings: string): string {
  return company.isSandbox ? `No ${settings}, or: ${sandboxOnly}` : `The company has no ${settings}`;
}

async function askResman(ctx: Context, company: CompanyRow): Promise<Question | string> {
  if (!company.resmanAccountId) return "The company has no resman_account_id";
  const property = await firstResmanProperty(ctx, company.id);
  if (!property?.resmanPropertyId) return "No property of the company has a resman_property_id";
  const resman = await access.findResmanAccess(ctx, property.resmanPropertyId);
  if (!resman) return sandboxOnly;
  if (!resman.partnerId || !resman.apiKey)
    return "No ResMan key: set the company's resman_api_key, and RESMAN_PARTNER_ID for the deployment";
  return {
    hint: "Check resman_account_id, the property's resman_property_id and the key",
    ask: () =>
      throughGate(ctx, "integration-test", resman, async (paced) => {
        const [employees, sources] = await Promise.all([getEmployees(paced), getProspectSources(paced)]);
        const found = `${employees.length} employees and ${sources.length} prospect sources`;
        return {
          ok: true,
          message: `ResMan answers for account ${resman.accountId}: ${property.name} has ${found}`,
        };
      }),
  };
}

async function askSendgrid(ctx: Context, company: CompanyRow): Promise<Question | string> {
  const sendgrid = await access.findSendgridAccess(ctx);
  if (!sendgrid) return lacks(company, "sendgrid_api_key");
  return {
    hint: "Check sendgrid_api_key",
    ask: async () =>
      (await listScopes(sendgrid)).includes("mail.send")
        ? { ok: true, message: "SendGrid knows the key, and it may send mail" }
        : {
            ok: false,
            message: "SendGrid knows the key, but it may not send: give it the scope mail.send",
          },
  };
}

/** Amplitude's ingestion key reads nothing, so one event is written; a second on the same day is the same to it. */
async function askAmplitude(ctx: Context, company: CompanyRow): Promise<Question | string> {
  const amplitude = await access.findAmplitudeAccess(ctx);
  if (!amplitude) return lacks(company, "amplitude_api_key");
  const now = new Date();
  const event = {
    insert_id: `integration-test:${company.id}:${now.toISOString().slice(0, 10)}`,
    event_type: "Integration Tested",
    device_id: "integration-test",
    time: now.getTime(),
    event_properties: {},
  };
  return {
    hint: "Check amplitude_api_key",
    ask: async () => {
      const { outcome } = await uploadEvents(amplitude, [event]);
      return outcome === "taken"
        ? { ok: true, message: `Amplitude knows the key, and it has taken an event "${event.event_type}"` }
        : { ok: false, message: "Amplitude does not take the event just now. Try again later" };
    },
  };
}

async function askOpenai(ctx: Context, company: CompanyRow): Promise<Question | string> {
  const openai = await access.findOpenaiAccess(ctx);
  if (!openai) return lacks(company, "openai_api_key");
  return {
    hint: "Check openai_api_key",
    ask: async () => {
      const models = await listModels(openai);
      if (models.length === 0) return { ok: false, message: "OpenAI knows the key, but it may use no model" };
      return { ok: true, message: `OpenAI knows the key, and it may use ${models.length} models` };
    },
  };
}

async function askCalendly(ctx: Context, company: CompanyRow): Promise<Question | string> {
  if (!company.calendlyOrgUri) return "The company has no calendly_org_uri";
  const calendly = await access.findCalendlyAccess(ctx);
  if (!calendly) return lacks(company, "calendly_api_token");
  return {
    hint: "Check calendly_api_token",
    ask: async () => {
      const { name, organizationUri } = await getCurrentUser(calendly);
      return organizationUri === company.calendlyOrgUri
        ? { ok: true, message: `Calendly knows the token, as ${name}'s, and the organization is its own` }
        : { ok: false, message: `The token speaks for ${organizationUri}, which is not calendly_org_uri` };
    },
  };
}

async function askTwilio(ctx: Context, company: CompanyRow): Promise<Question | string> {
  const twilio = await access.findTwilioAccess(ctx);
  if (!twilio) return lacks(company, "twilio_account_sid, twilio_auth_token and twilio_from");
  return {
    hint: "Check twilio_account_sid and twilio_auth_token",
    ask: async () => {
      const { status, name } = await getAccount(twilio);
      return status === "active"
        ? { ok: true, message: `Twilio knows the account ${name}, and it is active` }
        : { ok: false, message: `Twilio knows the account ${name}, but it is ${status}` };
    },
  };
}

/** The oldest property that ResMan knows. */
async function firstResmanProperty(ctx: Context, companyId: string) {
  const [property] = await ctx.db
    .select({ name: properties.name, resmanPropertyId: properties.resmanPropertyId })
    .from(properties)
    .where(
      and(
        eq(properties.companyId, companyId),
        isNotNull(properties.resmanPropertyId),
        isNull(properties.deletedAt),
      ),
    )
    .orderBy(asc(properties.createdAt), asc(properties.id))
    .limit(1);
  return property;
}
