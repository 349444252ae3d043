import { type Api, asVisitor } from "./api.ts";
import { aCompany, type TestCompany } from "./factories.ts";
import { openSocket, type TestSocket } from "./socket.ts";

export type Chat = {
  company: TestCompany;
  visitor: Awaited<ReturnType<typeof asVisitor>>;
  conversationId: string;
};

/** A visitor of a company of its own with an open, greeted conversation. */
export async function aChat(company?: TestCompany): Promise<Chat> {
  const home = company ?? (await aCompany());
  const visitor = await asVisitor(home, home.property);
  const opened = await visitor.post("/api/conversations", { property_id: home.property.id });
  return { company: home, visitor, conversationId: opened.body.data.id as string };
}

/** A socket into the conversation, let in by a ticket of the caller. */
export async function join(caller: Api, conversationId: string, after = 0): Promise<TestSocket> {
  const admitted = await caller.post("/api/ws/tickets", { conversation_id: conversationId });
  return openSocket(caller, `${pathOf(admitted.body.data.url)}&after=${after}`);
}

export function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

/** Fits a `message` frame of this role. */
export const saidBy = (role: string) => (frame: { type: string; message?: unknown }) =>
  frame.type === "message" && (frame.message as { role: string }).role === role;

/** Says something and answers the bot's reply to it. */
export async function ask(chat: Pick<Chat, "visitor" | "conversationId">, text: string): Promise<string> {
  const socket = await join(chat.visitor, chat.conversationId);
  const clientId = crypto.randomUUID();
  socket.send({ type: "message", client_id: clientId, text });
  const own = await socket.next((frame) => frame["client_id"] === clientId);
  const answer = await socket.next(
    (frame) => saidBy("bot")(frame) && Number(frame["seq"]) > Number(own["seq"]),
  );
  socket.close();
  return (answer["message"] as { text: string }).text;
}
