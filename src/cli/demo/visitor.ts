import { randomUUID } from "node:crypto";
import type { ChatMessage, ServerFrame } from "../../durable/chat-room/protocol.ts";
import { apiAt } from "./api.ts";
import type { Dialogue } from "./dialogues.ts";

export type Property = { id: string; name: string; time_zone: string; embed_key: string };

export type Played = {
  dialogue: Dialogue;
  conversationId: string;
  userId: string;
  email: string;
  sent: string[];
  /** Client ids of one's own messages as a fresh socket replays them. */
  replayed: string[];
  /** Frames that came twice on one socket, or out of order. */
  disorder: number;
};

const firstNames = ["Ada", "Ben", "Cora", "Dev", "Elif", "Finn", "Gina", "Hugo", "Iris", "Jonas"];
const lastNames = ["Abbott", "Brandt", "Castillo", "Dunn", "Ekström", "Farrow", "Gallo", "Hartley"];
const answerMs = 30_000;

/** One visitor: opens the widget's session, fills in the contact form, says the dialogue's turns in order. */
export async function playVisitor(
  origin: string,
  property: Property,
  dialogue: Dialogue,
  index: number,
): Promise<Played> {
  const session = await apiAt(origin).post<{ token: string; user: { id: string } }>(
    `/api/users/browser/${randomUUID()}/session`,
    { embed_key: property.embed_key },
  );
  const api = apiAt(origin, session.token);
  const conversation = await api.post<{ id: string }>("/api/conversations", { property_id: property.id });
  const line = await openLine(await urlFor(origin, session.token, conversation.id));
  const contact = contactOf(index);
  await api.post(`/api/conversations/${conversation.id}/qualify`, contact);
  await line.until((message) => message.role === "system");
  const sent: string[] = [];
  for (const turn of dialogue.turns) {
    const clientId = randomUUID();
    sent.push(clientId);
    await line.sayAndHear(clientId, turn.user);
  }
  line.close();
  const replay = await openLine(await urlFor(origin, session.token, conversation.id));
  await replay.until((message) => message.client_id === sent.at(-1));
  replay.close();
  return {
    dialogue,
    conversationId: conversation.id,
    userId: session.user.id,
    email: contact.email,
    sent,
    replayed: replay.heard.flatMap((message) => message.client_id ?? []),
    disorder: line.disorder() + replay.disorder(),
  };
}

function contactOf(index: number) {
  const first_name = firstNames[index % firstNames.length] ?? "Ada";
  const last_name = lastNames[Math.floor(index / firstNames.length) % lastNames.length] ?? "Abbott";
  return { first_name, last_name, email: `visitor-${index}-${randomUUID().slice(0, 8)}@visitors.test` };
}

async function urlFor(origin: string, token: string, conversationId: string): Promise<string> {
  const { url } = await apiAt(origin, token).post<{ url: string }>("/api/ws/tickets", {
    conversation_id: conversationId,
  });
  return url;
}

type Waiter = { fits: (message: ChatMessage) => boolean; done: () => void };

/** A socket that remembers what it heard and lets one wait for a message, heard already or still to come. */
async function openLine(url: string) {
  const socket = new WebSocket(url);
  const heard: ChatMessage[] = [];
  const waiters = new Set<Waiter>();
  let lastSeq = 0;
  let disorder = 0;
  let withPerson = false;
  let failure: string | null = null;
  socket.addEventListener("message", (event) => {
    const frame = JSON.parse(String(event.data)) as ServerFrame;
    if (frame.type === "error") failure = `${frame.code}: ${frame.message}`;
    if (frame.type === "speaker") withPerson = frame.speaker === "human";
    if (frame.type !== "message") return;
    if (frame.seq <= lastSeq) disorder += 1;
    lastSeq = frame.seq;
    heard.push(frame.message);
    for (const waiter of waiters) if (waiter.fits(frame.message)) waiter.done();
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("open", () => resolve());
    socket.addEventListener("error", () => reject(new Error(`the socket to ${url} did not open`)));
  });
  const until = (fits: Waiter["fits"], from = 0): Promise<void> =>
    new Promise((resolve, reject) => {
      if (heard.slice(from).some(fits)) return resolve();
      const timer = setTimeout(
        () => reject(new Error(`no answer within ${answerMs} ms (${failure ?? "silence"})`)),
        answerMs,
      );
      const waiter: Waiter = {
        fits,
        done: () => {
          clearTimeout(timer);
          waiters.delete(waiter);
          resolve();
        },
      };
      waiters.add(waiter);
    });
  const sayAndHear = async (clientId: string, text: string): Promise<void> => {
    const from = heard.length;
    socket.send(JSON.stringify({ type: "message", client_id: clientId, text }));
    await until((message) => message.client_id === clientId, from);
    const own = heard.findIndex((message) => message.client_id === clientId);
    // Once a person has the turn the bot rightly says nothing more.
    if (!withPerson) await until((message) => message.role === "bot", own + 1);
  };
  return { heard, until, sayAndHear, close: () => socket.close(), disorder: () => disorder };
}
