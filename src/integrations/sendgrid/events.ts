import * as z from "zod";

/** What SendGrid can tell of a mail, in our words. `blocked` is a mailbox that did not take this one mail now. */
export type MailEventType =
  | "processed"
  | "deferred"
  | "delivered"
  | "open"
  | "click"
  | "bounce"
  | "blocked"
  | "dropped"
  | "spamreport"
  | "unsubscribe";

export type MailEvent = {
  /** SendGrid's own name of the event: the same one told twice is one. */
  eventId: string;
  mailId: string;
  type: MailEventType;
  at: Date;
  detail: string | null;
  /** The address is not to be written to again: it does not exist, or its owner has complained. */
  isFinal: boolean;
};

const Event = z.looseObject({
  sg_event_id: z.string().min(1).max(300),
  mail_id: z.string().min(1).max(100),
  event: z.string(),
  timestamp: z.number().min(0).max(1e11),
  type: z.string().optional(),
  reason: z.string().optional(),
  response: z.string().optional(),
  url: z.string().optional(),
});

/** The events that are about mails of ours; what is of another shape, or somebody else's, is left out. */
export function readEvents(body: unknown): MailEvent[] {
  if (!Array.isArray(body)) return [];
  return body.flatMap((item) => {
    const told = Event.safeParse(item);
    const event = told.success ? translate(told.data) : null;
    return event ? [event] : [];
  });
}

function translate(told: z.infer<typeof Event>): MailEvent | null {
  const type = typeOf(told);
  if (type === null) return null;
  return {
    eventId: told.sg_event_id,
    mailId: told.mail_id,
    type,
    at: new Date(told.timestamp * 1000),
    detail: (told.reason ?? told.response ?? told.url ?? null)?.slice(0, 500) ?? null,
    isFinal: isFinal(type, told.reason ?? ""),
  };
}

function typeOf({ event, type }: z.infer<typeof Event>): MailEventType | null {
  switch (event) {
    case "bounce":
      return type === "blocked" ? "blocked" : "bounce";
    case "unsubscribe":
    case "group_unsubscribe":
      return "unsubscribe";
    case "processed":
    case "deferred":
    case "delivered":
    case "open":
    case "click":
    case "dropped":
    case "spamreport":
      return event;
    default:
      return null;
  }
}

/** SendGrid also drops for reasons that lie in the mail or the account. */
function isFinal(type: MailEventType, reason: string): boolean {
  if (type === "dropped") return /bounced|spam reporting|invalid|unsubscribed/i.test(reason);
  return type === "bounce" || type === "spamreport" || type === "unsubscribe";
}
