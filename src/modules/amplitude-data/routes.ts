import { doc, ok, okPage, valid } from "../../core/http.ts";
import { guestRoutes, may } from "../../core/routers.ts";
import { calculateEngagement } from "./calculate-engagement.ts";
import { ingestEvents } from "./ingest-events.ts";
import { presentAnalytics, presentScore, presentSession } from "./present.ts";
import { presentProperty, presentRates, presentSummary } from "./present-summary.ts";
import { analyzeNow, listScores, requireProperty, summarize } from "./queries.ts";
import * as shape from "./schemas.ts";

export const amplitudeDataRoutes = guestRoutes();

amplitudeDataRoutes.post(
  "/",
  may("edit_conversations", { visitors: true }),
  doc("Tell what happens on a page: one event, or several at once", shape.Ingested, { status: 201 }),
  valid("json", shape.AnalyticsIngest),
  async (c) => {
    const events = shape.eventsOf(c.req.valid("json"));
    const { sessions, ...counted } = await ingestEvents(c.var.ctx, events);
    const shown = sessions.map(({ session, propertyId }) => presentSession(session, propertyId));
    return ok(c, { ...(shown.length === 1 ? shown[0] : {}), ...counted, sessions: shown }, 201);
  },
);

amplitudeDataRoutes.get(
  "/conversation/:conversationId",
  may("view_analytics"),
  doc("Figures of a conversation, as they are now", shape.ConversationAnalytics),
  valid("param", shape.ConversationId),
  async (c) => {
    const { facts, judged } = await analyzeNow(c.var.ctx, c.req.valid("param").conversationId);
    return ok(c, presentAnalytics(facts, judged));
  },
);

amplitudeDataRoutes.get(
  "/property/:propertyId",
  may("view_analytics"),
  doc("Figures of a property", shape.PropertyAnalytics),
  valid("param", shape.PropertyId),
  valid("query", shape.PeriodQuery),
  async (c) => {
    const { propertyId } = c.req.valid("param");
    await requireProperty(c.var.ctx, propertyId);
    const summed = await summarize(c.var.ctx, { ...c.req.valid("query"), property_id: propertyId });
    return ok(c, presentProperty(propertyId, summed));
  },
);

amplitudeDataRoutes.get(
  "/summary",
  may("view_analytics"),
  doc("Figures of all properties, and of each property and source", shape.AnalyticsSummary),
  valid("query", shape.SummaryQuery),
  async (c) => ok(c, presentSummary(await summarize(c.var.ctx, c.req.valid("query")))),
);

amplitudeDataRoutes.post(
  "/calculate-engagement",
  may("edit_conversations"),
  doc("Calculate engagement afresh", shape.EngagementCalculation),
  valid("json", shape.EngagementWish),
  async (c) => {
    const { calculated, scheduled } = await calculateEngagement(c.var.ctx, c.req.valid("json"));
    const shown = calculated.map(({ row, judged }) => ({
      ...presentScore(row),
      engagement_reasons: judged.engagement.reasons,
    }));
    return ok(c, { calculated: shown, scheduled });
  },
);

amplitudeDataRoutes.get(
  "/engagement-scores",
  may("view_analytics"),
  doc("List conversations by how much their visitors took part", shape.EngagementOf.array()),
  valid("query", shape.EngagementQuery),
  async (c) => okPage(c, await listScores(c.var.ctx, c.req.valid("query")), presentScore),
);

amplitudeDataRoutes.get(
  "/lead-qualification-rates",
  may("view_analytics"),
  doc("How many chats become qualified leads and leases, by source and property", shape.QualificationRates),
  valid("query", shape.SummaryQuery),
  async (c) => ok(c, presentRates(await summarize(c.var.ctx, c.req.valid("query")))),
);
