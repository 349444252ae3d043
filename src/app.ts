import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { secureHeaders } from "hono/secure-headers";
import { allowOrigins } from "./core/cross-origin.ts";
import { AppError } from "./core/errors.ts";
import { type BaseEnv, onError, onUnknownPath } from "./core/http.ts";
import { jsonOnly, wideLine } from "./core/requests.ts";
import { accountRoutes } from "./modules/accounts/routes.ts";
import { apiKeyRoutes } from "./modules/api-keys/routes.ts";
import { amplitudeDataRoutes } from "./modules/amplitude-data/routes.ts";
import { auditLogRoutes } from "./modules/audit-log/routes.ts";
import { authRoutes } from "./modules/auth/routes.ts";
import { companyRoutes } from "./modules/companies/routes.ts";
import { contactRoutes } from "./modules/contacts/routes.ts";
import { conversationRoutes } from "./modules/conversations/routes.ts";
import { docsRoutes, openApiRoutes } from "./modules/docs/routes.ts";
import { emailCampaignRoutes } from "./modules/email/campaigns.routes.ts";
import { emailDraftRoutes } from "./modules/email/drafts.routes.ts";
import { emailRoutes } from "./modules/email/routes.ts";
import { emailSenderRoutes } from "./modules/email/senders.routes.ts";
import { emailSuppressionRoutes } from "./modules/email/suppressions.routes.ts";
import { emailTemplateRoutes } from "./modules/email/templates.routes.ts";
import { unsubscribeRoutes } from "./modules/email/unsubscribe.routes.ts";
import { emailWebhookRoutes } from "./modules/email/webhooks.routes.ts";
import { healthRoutes } from "./modules/health/routes.ts";
import { leadRoutes } from "./modules/leads/routes.ts";
import { chatbotTestRoutes } from "./modules/properties/chatbot-test.routes.ts";
import { propertyRoutes } from "./modules/properties/routes.ts";
import { propertyManagerRoutes } from "./modules/property-managers/routes.ts";
import { resmanLeadRoutes } from "./modules/resman/leads.routes.ts";
import { resmanTourRoutes } from "./modules/resman/tours.routes.ts";
import { statusTemplateRoutes } from "./modules/status-templates/routes.ts";
import { statusWorkflowRoutes } from "./modules/status-workflows/routes.ts";
import { statusRoutes } from "./modules/status/routes.ts";
import { statusEventRoutes } from "./modules/status/webhooks/events.routes.ts";
import { webhookRoutes } from "./modules/status/webhooks/webhooks.routes.ts";
import { testRoutes } from "./modules/test/routes.ts";
import { tourRoutes } from "./modules/tours/routes.ts";
import { userRoutes } from "./modules/users/routes.ts";
import { visitorSessionRoutes } from "./modules/users/session.routes.ts";
import { ticketRoutes, wsRoutes } from "./modules/ws/routes.ts";

const maxBodyBytes = 1024 * 1024;

/** Middleware order and the mount table: every URL prefix, one line each. */
export function createApp() {
  const app = new Hono<BaseEnv>();
  app.onError(onError);
  app.notFound(onUnknownPath);
  app.use(wideLine);
  app.use(secureHeaders({ crossOriginResourcePolicy: false }));
  app.use("/api/*", allowOrigins);
  app.use("/api/*", bodyLimit({ maxSize: maxBodyBytes, onError: refuseLargeBody }));
  app.use("/api/*", jsonOnly);

  app.route("/api/accounts", accountRoutes);
  app.route("/api/api-keys", apiKeyRoutes);
  app.route("/api/amplitude-data", amplitudeDataRoutes);
  app.route("/api/audit-log", auditLogRoutes);
  app.route("/api/health", healthRoutes);
  app.route("/api/auth", authRoutes);
  app.route("/api/companies", companyRoutes);
  app.route("/api/contacts", contactRoutes);
  app.route("/api/conversations", conversationRoutes);
  app.route("/api/docs", docsRoutes);
  app.route("/api/email/campaigns", emailCampaignRoutes);
  app.route("/api/email/drafts", emailDraftRoutes);
  app.route("/api/email/senders", emailSenderRoutes);
  app.route("/api/email/suppressions", emailSuppressionRoutes);
  app.route("/api/email/templates", emailTemplateRoutes);
  app.route("/api/email/unsubscribe", unsubscribeRoutes);
  app.route("/api/email/webhooks", emailWebhookRoutes);
  app.route("/api/email", emailRoutes);
  app.route("/api/leads", leadRoutes);
  app.route("/api/openapi.json", openApiRoutes);
  app.route("/api/properties", propertyRoutes);
  app.route("/api/properties", chatbotTestRoutes);
  app.route("/api/property-managers", propertyManagerRoutes);
  app.route("/api/resman/leads", resmanLeadRoutes);
  app.route("/api/resman/status-templates", statusTemplateRoutes);
  app.route("/api/resman/status-workflows", statusWorkflowRoutes);
  app.route("/api/resman/tours", resmanTourRoutes);
  app.route("/api/test", testRoutes);
  app.route("/api/tours", tourRoutes);
  app.route("/api/users/browser/:browserId/session", visitorSessionRoutes);
  app.route("/api/users", userRoutes);
  app.route("/api/v1/status", statusRoutes);
  app.route("/api/v1/status/events", statusEventRoutes);
  app.route("/api/v1/status/webhooks", webhookRoutes);
  app.route("/api/ws/tickets", ticketRoutes);
  app.route("/api/ws", wsRoutes);
  return app;
}

function refuseLargeBody(): never {
  throw new AppError("PAYLOAD_TOO_LARGE", `The body may have at most ${maxBodyBytes} bytes`);
}
