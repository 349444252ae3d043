import * as z from "zod";
import { parseJson } from "../read-json.ts";
import { callVendor, type Fetch, UpstreamError } from "../vendor.ts";

export type SendgridAccess = {
  fetch: Fetch;
  /** Without a slash at the end, e.g. `https://api.sendgrid.com`. */
  baseUrl: string;
  apiKey: string;
};

export type Letter = {
  /** Travels with the mail, so that events about it and searches for it find our row. */
  mailId: string;
  to: { email: string; name?: string };
  from: { email: string; name?: string };
  replyTo?: { email: string };
  subject: string;
  text: string;
  html?: string;
  /** `content` is base64. */
  attachments: { filename: string; type: string; content: string }[];
  /** Beyond those that every mail has. */
  headers?: Record<string, string>;
};

const vendor = "SendGrid";
const timeoutMs = 15_000;

/** Hands one mail over; answers SendGrid's message id. SendGrid has no idempotency key: ask `wasAccepted` before a repeat. */
export async function sendMail(
  access: SendgridAccess,
  letter: Letter,
): Promise<{ messageId: string | null }> {
  return callVendor({
    ...callOf(access),
    url: `${access.baseUrl}/v3/mail/send`,
    method: "POST",
    body: JSON.stringify(requestOf(letter)),
    parse: ({ headers }) => ({ messageId: headers.get("X-Message-Id") }),
  });
}

const Activity = z.object({ messages: z.array(z.object({ msg_id: z.string() })) });

/**
 * Whether SendGrid knows the mail already; null where it cannot tell, since the activity feed is an extra that not
 * every account has, and it lags behind.
 */
export async function wasAccepted(access: SendgridAccess, mailId: string): Promise<boolean | null> {
  const query = new URLSearchParams({ limit: "1", query: `unique_args['mail_id']="${mailId}"` });
  try {
    const activity = await callVendor({
      ...callOf(access),
      url: `${access.baseUrl}/v3/messages?${query.toString()}`,
      method: "GET",
      parse: ({ text }) => Activity.safeParse(parseJson(text)),
    });
    return activity.success ? activity.data.messages.length > 0 : null;
  } catch (error) {
    if (error instanceof UpstreamError && error.kind === "http" && !error.retryable) return null;
    throw error;
  }
}

function callOf({ fetch, apiKey }: SendgridAccess) {
  return {
    fetch,
    vendor,
    timeoutMs,
    secrets: [apiKey],
    headers: { Authorization: `Bearer ${apiKey}`, "Content-Type": "application/json" },
  };
}

/** SendGrid wants text before HTML and no empty lists. */
function requestOf(letter: Letter): object {
  return {
    personalizations: [{ to: [recipientOf(letter.to)], custom_args: { mail_id: letter.mailId } }],
    from: letter.from,
    ...(letter.replyTo ? { reply_to: letter.replyTo } : {}),
    subject: letter.subject,
    content: [
      { type: "text/plain", value: letter.text },
      ...(letter.html ? [{ type: "text/html", value: letter.html }] : []),
    ],
    ...(letter.attachments.length > 0
      ? { attachments: letter.attachments.map((file) => ({ ...file, disposition: "attachment" })) }
      : {}),
    headers: {
      ...letter.headers,
      "Message-ID": `<${letter.mailId}@${letter.from.email.split("@").at(-1)}>`,
    },
  };
}

/**
 * SendGrid reads a recipient's name as part of the To header: after a comma in it comes another address, and the mail
 * goes there. Signs with a meaning in that header are left out. https://github.com/sendgrid/sendgrid-python/issues/291
 */
function recipientOf({ email, name = "" }: Letter["to"]): Letter["to"] {
  const plain = name.replaceAll(/[\s(),:;<>@[\]"\\]+/g, " ").trim();
  return plain === "" ? { email } : { email, name: plain };
}
