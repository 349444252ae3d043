import { Archived, iso } from "../../core/fields.ts";
import { doc, ok, okPage, okRecord, seenVersion, valid } from "../../core/http.ts";
import { guestRoutes, may } from "../../core/routers.ts";
import { analyzeConversation, summarizeConversations } from "./analyze.ts";
import { bookTourFromChat } from "./book-tour-from-chat.ts";
import { changeConversationStatus } from "./change-conversation-status.ts";
import { listMessages, removeMessage, rewordMessage, sendMessage } from "./converse.ts";
import { handOff, returnToBot } from "./hand-off.ts";
import { openConversation } from "./open-conversation.ts";
import { presentConversation, presentStoredMessage } from "./present.ts";
import { qualifyConversation } from "./qualify-conversation.ts";
import { archiveConversation } from "./archive-conversation.ts";
import { getConversation, listConversations, updateConversation } from "./queries.ts";
import * as shape from "./schemas.ts";
import { Tour } from "../tours/schemas.ts";
import { presentTour } from "../tours/present.ts";

export const conversationRoutes = guestRoutes();

conversationRoutes.get(
  "/",
  may("view_conversations", { visitors: true }),
  doc("List conversations", shape.Conversation.array()),
  valid("query", shape.ConversationQuery),
  async (c) => okPage(c, await listConversations(c.var.ctx, c.req.valid("query")), presentConversation),
);

conversationRoutes.post(
  "/",
  may("edit_conversations", { visitors: true }),
  doc("Open a conversation", shape.Conversation, { status: 201 }),
  valid("json", shape.ConversationDraft),
  async (c) => {
    const opened = await openConversation(c.var.ctx, c.req.valid("json"));
    return okRecord(c, presentConversation(opened), opened.conversation.version, 201);
  },
);

conversationRoutes.get(
  "/analytics/summary",
  may("view_analytics"),
  doc("Figures over conversations", shape.ConversationSummary),
  valid("query", shape.SummaryQuery),
  async (c) => ok(c, await summarizeConversations(c.var.ctx, c.req.valid("query"))),
);

conversationRoutes.get(
  "/:id",
  may("view_conversations", { visitors: true }),
  doc("Get a conversation", shape.Conversation),
  valid("param", shape.ConversationId),
  async (c) => {
    const found = await getConversation(c.var.ctx, c.req.valid("param").id);
    return okRecord(c, presentConversation(found), found.conversation.version);
  },
);

conversationRoutes.put(
  "/:id",
  may("edit_conversations"),
  doc("Change a conversation", shape.Conversation),
  valid("param", shape.ConversationId),
  valid("json", shape.ConversationChanges),
  async (c) => {
    const { id } = c.req.valid("param");
    const updated = await updateConversation(c.var.ctx, id, c.req.valid("json"), seenVersion(c));
    return okRecord(c, presentConversation(updated), updated.conversation.version);
  },
);

conversationRoutes.delete(
  "/:id",
  may("edit_conversations"),
  doc("Archive a conversation", Archived),
  valid("param", shape.ConversationId),
  async (c) => {
    const { id, deletedAt } = await archiveConversation(c.var.ctx, c.req.valid("param").id);
    return ok(c, { id, deleted_at: iso(deletedAt) });
  },
);

conversationRoutes.get(
  "/:id/messages",
  may("view_conversations", { visitors: true }),
  doc("List the messages of a conversation, oldest first", shape.Message.array()),
  valid("param", shape.ConversationId),
  valid("query", shape.MessageQuery),
  async (c) => {
    const { id } = c.req.valid("param");
    return okPage(c, await listMessages(c.var.ctx, id, c.req.valid("query")), presentStoredMessage(id));
  },
);

conversationRoutes.post(
  "/:id/messages",
  may("edit_conversations", { visitors: true }),
  doc("Say something; the answer comes as a message of its own", shape.Message, { status: 201 }),
  valid("param", shape.ConversationId),
  valid("json", shape.MessageDraft),
  async (c) => {
    const { id } = c.req.valid("param");
    return ok(c, presentStoredMessage(id)(await sendMessage(c.var.ctx, id, c.req.valid("json"))), 201);
  },
);

conversationRoutes.put(
  "/:id/messages/:messageId",
  may("edit_conversations"),
  doc("Reword a message of the bot or of staff", shape.Message),
  valid("param", shape.MessageId),
  valid("json", shape.MessageChanges),
  async (c) => {
    const { id, messageId } = c.req.valid("param");
    return ok(
      c,
      presentStoredMessage(id)(await rewordMessage(c.var.ctx, id, messageId, c.req.valid("json").text)),
    );
  },
);

conversationRoutes.delete(
  "/:id/messages/:messageId",
  may("edit_conversations"),
  doc("Remove a message", Archived),
  valid("param", shape.MessageId),
  async (c) => {
    const { id, messageId } = c.req.valid("param");
    const { deletedAt } = await removeMessage(c.var.ctx, id, messageId);
    return ok(c, { id: messageId, deleted_at: iso(deletedAt) });
  },
);

conversationRoutes.put(
  "/:id/status",
  may("change_status"),
  doc("Change the status of a conversation", shape.Conversation),
  valid("param", shape.ConversationId),
  valid("json", shape.StatusChange),
  async (c) => {
    const changed = await changeConversationStatus(c.var.ctx, c.req.valid("param").id, c.req.valid("json"));
    return okRecord(c, presentConversation(changed), changed.conversation.version);
  },
);

conversationRoutes.post(
  "/:id/qualify",
  may("edit_leads", { visitors: true }),
  doc("Tell who the visitor is and what they look for", shape.Conversation),
  valid("param", shape.ConversationId),
  valid("json", shape.Qualification),
  async (c) => {
    const qualified = await qualifyConversation(c.var.ctx, c.req.valid("param").id, c.req.valid("json"));
    return okRecord(c, presentConversation(qualified), qualified.conversation.version);
  },
);

conversationRoutes.post(
  "/:id/book-tour",
  may("edit_tours", { visitors: true }),
  doc("Book a tour for the visitor of this conversation", Tour, { status: 201 }),
  valid("param", shape.ConversationId),
  valid("json", shape.TourWish),
  async (c) => {
    const tour = await bookTourFromChat(c.var.ctx, c.req.valid("param").id, c.req.valid("json"));
    return okRecord(c, presentTour(tour), tour.version, 201);
  },
);

conversationRoutes.post(
  "/:id/handoff",
  may("edit_conversations", { visitors: true }),
  doc("Ask for a person; the bot falls silent", shape.Conversation),
  valid("param", shape.ConversationId),
  valid("json", shape.Handoff),
  async (c) =>
    ok(c, presentConversation(await handOff(c.var.ctx, c.req.valid("param").id, c.req.valid("json").reason))),
);

conversationRoutes.post(
  "/:id/return-to-bot",
  may("edit_conversations"),
  doc("Give the turn back to the bot", shape.Conversation),
  valid("param", shape.ConversationId),
  valid("json", shape.ReturnToBot),
  async (c) =>
    ok(
      c,
      presentConversation(await returnToBot(c.var.ctx, c.req.valid("param").id, c.req.valid("json").note)),
    ),
);

conversationRoutes.get(
  "/:id/analytics",
  may("view_analytics"),
  doc("Figures of one conversation", shape.ConversationAnalytics),
  valid("param", shape.ConversationId),
  async (c) => ok(c, await analyzeConversation(c.var.ctx, c.req.valid("param").id)),
);
