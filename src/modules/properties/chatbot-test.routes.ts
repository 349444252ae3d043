import { doc, ok, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { TestAnswer, TestMessage } from "../conversations/schemas.ts";
import { testChatbot } from "../conversations/test-chatbot.ts";
import { PropertyId } from "./schemas.ts";

export const chatbotTestRoutes = staffRoutes();

chatbotTestRoutes.post(
  "/:id/chatbot/test",
  may("view_properties"),
  doc("Try one message on the bot; nothing is stored", TestAnswer),
  valid("param", PropertyId),
  valid("json", TestMessage),
  async (c) => ok(c, await testChatbot(c.var.ctx, c.req.valid("param").id, c.req.valid("json"))),
);
