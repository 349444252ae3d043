import { Hono, type Context as HonoContext } from "hono";
import type { Context } from "../../core/context.ts";
import { type BaseEnv, doc, ok, valid } from "../../core/http.ts";
import { iso } from "../../core/fields.ts";
import { IntegrationTestResult } from "../companies/schemas.ts";
import { parts } from "../../core/routers.ts";
import * as shape from "./schemas.ts";
import { tryAnalytics } from "./try-analytics.ts";
import { companyContext, tryMail, tryResman, tryWebhook } from "./try-vendors.ts";

/** Each really does what it says, with a sandbox company and the sandbox's vendors. */
export const trialRoutes = new Hono<BaseEnv>();

trialRoutes.post(
  "/resman-connection",
  doc("Ask ResMan something harmless", IntegrationTestResult),
  valid("json", shape.CompanyChoice),
  async (c) => {
    const { vendor, latencyMs, checkedAt, ...verdict } = await tryResman(
      await contextOf(c, c.req.valid("json")),
    );
    return ok(c, { vendor, ...verdict, latency_ms: latencyMs, checked_at: iso(checkedAt) });
  },
);

trialRoutes.post(
  "/webhook-delivery",
  doc("Deliver a signed message to the sandbox", shape.WebhookTrialResult),
  valid("json", shape.CompanyChoice),
  async (c) => {
    const tried = await tryWebhook(await contextOf(c, c.req.valid("json")));
    const { id, url, statusCode, error, latencyMs } = tried;
    const told = { webhook_id: id, url, status_code: statusCode, message: error, latency_ms: latencyMs };
    return ok(c, { ok: tried.ok, ...told });
  },
);

trialRoutes.post(
  "/email-sending",
  doc("Send a mail", shape.MailTrialResult),
  valid("json", shape.MailTrial),
  async (c) => {
    const { to, ...choice } = c.req.valid("json");
    const { id, status, problem, latencyMs, ...verdict } = await tryMail(await contextOf(c, choice), to);
    return ok(c, { ...verdict, mail_id: id, status, message: problem, latency_ms: latencyMs });
  },
);

trialRoutes.get(
  "/analytics-calculation",
  doc("Calculate figures afresh and see whether the sums agree", shape.AnalyticsTrialResult),
  valid("query", shape.CompanyChoice),
  async (c) => {
    const { drawn, different, latencyMs } = await tryAnalytics(await contextOf(c, c.req.valid("query")));
    const engagement = drawn.map(({ row }) => ({
      conversation_id: row.conversationId,
      engagement_points: row.engagementPoints,
      engagement_score: row.engagementScore,
    }));
    const told = {
      conversations: drawn.length,
      engagement,
      different_sums: different,
      latency_ms: latencyMs,
    };
    return ok(c, { ok: different === 0, ...told });
  },
);

type Choice = { company_id?: string | undefined };

function contextOf(c: HonoContext<BaseEnv>, { company_id: id }: Choice): Promise<Context> {
  return companyContext(c.env, id, (work) => c.executionCtx.waitUntil(work), parts);
}
