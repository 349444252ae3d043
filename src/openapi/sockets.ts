import { ClientFrame, ServerFrame } from "../durable/chat-room/protocol.ts";
import { FeedClientFrame, FeedServerFrame } from "../durable/live-feed/protocol.ts";
import { isSocket } from "./read-routes.ts";
import type { JsonSchema, Shapes } from "./shapes.ts";

type Socket = { responses: Record<string, JsonSchema>; frames: JsonSchema };

/** What the document says of a WebSocket path; undefined for any other. */
export function socketOf(path: string, shapes: Shapes): Socket | undefined {
  if (!isSocket(path)) return undefined;
  const chat = path.startsWith("/api/ws/chat");
  const [client, server, name] = chat
    ? ([ClientFrame, ServerFrame, "Chat"] as const)
    : ([FeedClientFrame, FeedServerFrame, "Feed"] as const);
  return {
    responses: {
      101: { description: "The connection is a WebSocket now" },
      426: { description: "The call did not ask for a WebSocket" },
    },
    frames: {
      subprotocols: ["bearer"],
      client: shapes.add(`${name}ClientFrame`, shapes.of(client, "input")),
      server: shapes.add(`${name}ServerFrame`, shapes.of(server, "output")),
    },
  };
}
