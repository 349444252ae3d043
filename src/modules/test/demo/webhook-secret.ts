import { sha256Hex } from "../../../core/tokens.ts";

export const webhookSecretName = "resman_webhook_secret";

/** The secret that signs what a demo company's ResMan sends; the same in every database. */
export async function demoWebhookSecret(companyId: string): Promise<string> {
  return `whsec_${btoa((await sha256Hex(`demo webhooks of ${companyId}`)).slice(0, 32))}`;
}
