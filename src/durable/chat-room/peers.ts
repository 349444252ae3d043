import type { ServerFrame } from "./protocol.ts";
import { loadRoom, messagesAfter, presentMessage, type Room, type StoredMessage } from "./room-store.ts";
import { roleOf, type Seat, seatOf } from "./seat.ts";

/** Takes a peer in: it hears what it missed and who speaks, the others hear that it is there. */
export function welcome(ctx: DurableObjectState, seat: Seat, after: number): WebSocket {
  const { 0: client, 1: server } = new WebSocketPair();
  ctx.acceptWebSocket(server);
  server.serializeAttachment(seat);
  replay(ctx.storage, server, after);
  tellSpeaker(ctx.storage, server);
  tellPresence(ctx, server, seat, true);
  return client;
}

export function sayGoodbye(ctx: DurableObjectState, socket: WebSocket): void {
  const seat = seatOf(socket);
  if (seat) tellPresence(ctx, socket, seat, false);
}

function tellPresence(ctx: DurableObjectState, socket: WebSocket, seat: Seat, online: boolean): void {
  broadcast(ctx, { type: "presence", role: roleOf(seat), online, name: seat.name }, socket);
}

/** A peer that has just gone is no error: its close event follows. */
export function send(socket: WebSocket, frame: ServerFrame): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}

export function broadcast(ctx: DurableObjectState, frame: ServerFrame, except?: WebSocket): void {
  for (const socket of ctx.getWebSockets()) if (socket !== except) send(socket, frame);
}

export function show(ctx: DurableObjectState, message: StoredMessage): void {
  broadcast(ctx, { type: "message", seq: message.seq, message: presentMessage(message) });
}

/** Sends one peer every stored message after `after`, in order. */
export function replay(storage: DurableObjectStorage, socket: WebSocket, after: number): void {
  for (const message of messagesAfter(storage, after))
    send(socket, { type: "message", seq: message.seq, message: presentMessage(message) });
}

export function announceSpeaker(ctx: DurableObjectState): void {
  const room = loadRoom(ctx.storage);
  if (room) broadcast(ctx, speakerFrame(room));
}

/** A peer that comes to a conversation a person has the turn in learns that first thing. */
function tellSpeaker(storage: DurableObjectStorage, socket: WebSocket): void {
  const room = loadRoom(storage);
  if (room?.speaker === "human") send(socket, speakerFrame(room));
}

function speakerFrame({ speaker, speakerName }: Room): ServerFrame {
  return { type: "speaker", speaker, ...(speakerName ? { name: speakerName } : {}) };
}
