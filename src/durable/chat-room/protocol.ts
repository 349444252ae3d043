import * as z from "zod";

/** The longest message a conversation takes, in UTF-16 units, as `String.length` counts. */
export const maxTextLength = 4000;

export const MessageRole = z.enum(["visitor", "bot", "agent", "system"]);
export type MessageRole = z.infer<typeof MessageRole>;

const seq = z.int().nonnegative();
const clientId = z.string().min(1).max(64);

/** One bookable time. `label` is what the visitor reads, and says when it is picked. */
export const SlotChoice = z.object({ starts_at: z.iso.datetime({ offset: true }), label: z.string().min(1) });
export type SlotChoice = z.infer<typeof SlotChoice>;

/** What a message offers besides its text. */
export const Payload = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("slots"), slots: z.array(SlotChoice) }),
  z.object({ kind: z.literal("handoff") }),
  z.object({ kind: z.literal("contact_form") }),
]);
export type Payload = z.infer<typeof Payload>;

export const ChatMessage = z.object({
  id: z.string().min(1),
  role: MessageRole,
  text: z.string(),
  /** The sender's own id of the message; sending it again stores nothing new. */
  client_id: clientId.optional(),
  /** The name a visitor may see of the person who wrote as `agent`. */
  author_name: z.string().optional(),
  payload: Payload.optional(),
  created_at: z.iso.datetime({ offset: true }),
});
export type ChatMessage = z.infer<typeof ChatMessage>;

/** What a peer may send. Besides these, the bare string `ping` is answered by the bare string `pong`. */
export const ClientFrame = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("message"),
    client_id: clientId,
    text: z.string().trim().min(1).max(maxTextLength),
  }),
  /** Asks for every stored message whose seq is greater than `after`. */
  z.object({ type: z.literal("resume"), after: seq }),
  z.object({ type: z.literal("typing") }),
  /** This peer has shown its reader everything up to and including `seq`. */
  z.object({ type: z.literal("seen"), seq }),
]);
export type ClientFrame = z.infer<typeof ClientFrame>;

/** What the room sends. Only `message` frames are stored and numbered; numbers grow, and may skip. */
export const ServerFrame = z.discriminatedUnion("type", [
  z.object({ type: z.literal("message"), seq, message: ChatMessage }),
  /** The message is stored under `seq`; a resend of a known `client_id` is acknowledged with its first seq. */
  z.object({ type: z.literal("ack"), client_id: clientId, seq }),
  /** Fades by itself: a receiver forgets it after some seconds, or when that role's message arrives. */
  z.object({ type: z.literal("typing"), role: MessageRole, name: z.string().optional() }),
  z.object({ type: z.literal("seen"), role: MessageRole, seq }),
  z.object({
    type: z.literal("presence"),
    role: MessageRole,
    online: z.boolean(),
    name: z.string().optional(),
  }),
  /** Whose turn it is to answer the visitor. */
  z.object({ type: z.literal("speaker"), speaker: z.enum(["bot", "human"]), name: z.string().optional() }),
  z.object({
    type: z.literal("error"),
    code: z.string().min(1),
    message: z.string(),
    client_id: clientId.optional(),
    /** Seconds until the same frame may be sent again; with RATE_LIMIT_EXCEEDED. */
    retry_after: z.number().nonnegative().optional(),
  }),
]);
export type ServerFrame = z.infer<typeof ServerFrame>;
