import type { ServerFrame } from "./protocol.ts";
import { loadRoom, messagesAfter, presentMessage, type Room, type StoredMessage } from "./room-store.ts";

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
export function tellSpeaker(storage: DurableObjectStorage, socket: WebSocket): void {
  const room = loadRoom(storage);
  if (room?.speaker === "human") send(socket, speakerFrame(room));
}

function speakerFrame({ speaker, speakerName }: Room): ServerFrame {
  return { type: "speaker", speaker, ...(speakerName ? { name: speakerName } : {}) };
}
