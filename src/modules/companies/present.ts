import { iso } from "../../core/fields.ts";
import type { companies, companySecrets } from "../../db/schema/companies.ts";
import type { SecretName } from "./schemas.ts";
import type { IntegrationReport } from "./test-integration.ts";

export type CompanyRow = typeof companies.$inferSelect;
export type SecretRow = Pick<typeof companySecrets.$inferSelect, "name" | "lastFour" | "updatedAt">;
export type CompanyWithSecrets = { company: CompanyRow; secrets: SecretRow[] };

export function presentCompany({ company, secrets }: CompanyWithSecrets) {
  return {
    id: company.id,
    name: company.name,
    logo_url: company.logoUrl,
    contact_email: company.contactEmail,
    contact_phone: company.contactPhone,
    hubspot_company_id: company.hubspotCompanyId,
    calendly_org_uri: company.calendlyOrgUri,
    resman_account_id: company.resmanAccountId,
    sendgrid_api_key: masked(secrets, "sendgrid_api_key"),
    amplitude_api_key: masked(secrets, "amplitude_api_key"),
    openai_api_key: masked(secrets, "openai_api_key"),
    is_sandbox: company.isSandbox,
    created_at: iso(company.createdAt),
    updated_at: iso(company.updatedAt),
  };
}

export function presentIntegrations({ company, secrets }: CompanyWithSecrets) {
  return {
    calendly_org_uri: company.calendlyOrgUri,
    hubspot_company_id: company.hubspotCompanyId,
    resman_account_id: company.resmanAccountId,
    twilio_account_sid: company.twilioAccountSid,
    twilio_from: company.twilioFrom,
    sendgrid_api_key: secretState(secrets, "sendgrid_api_key"),
    sendgrid_webhook_public_key: secretState(secrets, "sendgrid_webhook_public_key"),
    amplitude_api_key: secretState(secrets, "amplitude_api_key"),
    openai_api_key: secretState(secrets, "openai_api_key"),
    calendly_api_token: secretState(secrets, "calendly_api_token"),
    resman_api_key: secretState(secrets, "resman_api_key"),
    twilio_auth_token: secretState(secrets, "twilio_auth_token"),
  };
}

export function presentIntegrationReport({ vendor, ok, message, latencyMs, checkedAt }: IntegrationReport) {
  return { vendor, ok, message, latency_ms: latencyMs, checked_at: iso(checkedAt) };
}

function masked(secrets: SecretRow[], name: SecretName): string | null {
  const secret = secrets.find((row) => row.name === name);
  return secret ? `••••${secret.lastFour}` : null;
}

function secretState(secrets: SecretRow[], name: SecretName) {
  const secret = secrets.find((row) => row.name === name);
  return {
    configured: secret !== undefined,
    last_four: secret?.lastFour ?? null,
    updated_at: iso(secret?.updatedAt ?? null),
  };
}
