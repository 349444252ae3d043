import * as z from "zod";
import { maxTextLength, type MessageRole, type ServerFrame } from "./protocol.ts";

/** Who sits at a socket; kept in its attachment, so it survives hibernation. */
export const Seat = z.object({
  v: z.literal(1),
  role: z.enum(["visitor", "agent", "viewer"]),
  id: z.string(),
  name: z.string(),
  /** The page a visitor's socket must come from, when its token is bound to one. */
  origin: z.string().nullable(),
});
export type Seat = z.infer<typeof Seat>;

/** Null for an old or foreign attachment. */
export function seatOf(socket: WebSocket): Seat | null {
  return Seat.safeParse(socket.deserializeAttachment()).data ?? null;
}

export function roleOf(seat: Seat): MessageRole {
  return seat.role === "visitor" ? "visitor" : "agent";
}

export function parseJson(data: string | ArrayBuffer): unknown {
  try {
    return JSON.parse(typeof data === "string" ? data : new TextDecoder().decode(data));
  } catch {
    return null;
  }
}

/** The answer to a frame that says nothing we know; names the client's message when it named itself. */
export function refusalOf(data: string | ArrayBuffer, error: z.ZodError): ServerFrame {
  const frame = parseJson(data) as { client_id?: unknown; text?: unknown } | null;
  const client_id = typeof frame?.client_id === "string" ? frame.client_id.slice(0, 64) : undefined;
  const tooLong = typeof frame?.text === "string" && frame.text.length > maxTextLength;
  const issue = error.issues[0];
  const where = issue?.path.join(".") || "frame";
  return {
    type: "error",
    code: tooLong ? "PAYLOAD_TOO_LARGE" : "VALIDATION_ERROR",
    message: tooLong
      ? `text: at most ${maxTextLength} characters`
      : `${where}: ${issue?.message ?? "is not valid"}`,
    ...(client_id ? { client_id } : {}),
  };
}
