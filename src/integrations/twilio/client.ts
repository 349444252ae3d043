import * as z from "zod";
import { parseJson, readJson } from "../read-json.ts";
import { callVendor, type Fetch, UpstreamError, type VendorAnswer } from "../vendor.ts";

export type TwilioAccess = {
  fetch: Fetch;
  /** Without a slash at the end, e.g. `https://api.twilio.com`. */
  baseUrl: string;
  accountSid: string;
  authToken: string;
  /** A number in E.164, or the SID of a messaging service (`MG…`). */
  from: string;
};

/** `to` in E.164. */
export type Sms = { to: string; body: string };

const vendor = "Twilio";
const timeoutMs = 15_000;

/** Sending is no promise of arriving: `status` begins at `queued`. */
const Message = z.object({ sid: z.string(), body: z.string(), date_created: z.string().nullable() });
const Sent = Message.pick({ sid: true });
const Account = z.object({ status: z.string(), friendly_name: z.string() });
const Messages = z.object({ messages: z.array(Message) });

/** https://www.twilio.com/docs/api/errors/21610 */
const Stopped = z.object({ code: z.literal(21610) });

/**
 * Hands one text message over; answers its SID, null where the receiver has answered STOP to an earlier one: Twilio
 * keeps that list. It has no idempotency key: ask `findSms` before a repeat.
 * https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
 */
export async function sendSms(access: TwilioAccess, { to, body }: Sms): Promise<{ sid: string | null }> {
  const sender = access.from.startsWith("MG") ? { MessagingServiceSid: access.from } : { From: access.from };
  return callVendor({
    ...callOf(access),
    url: messagesOf(access),
    method: "POST",
    body: new URLSearchParams({ To: to, ...sender, Body: body }).toString(),
    alsoReads: [400],
    parse: (answer) => ({
      sid: answer.status === 400 ? refusalOf(answer) : readJson(vendor, answer, Sent).sid,
    }),
  });
}

/** Null for a receiver who wants none. Throws for every other refusal. */
function refusalOf({ status, text }: VendorAnswer): null {
  if (Stopped.safeParse(parseJson(text)).success) return null;
  throw new UpstreamError({ vendor, kind: "http", status, detail: text, retryable: false });
}

/** Clocks of two houses differ. */
const leewayMs = 60_000;

/** The SIDs of messages with these words that Twilio took since then, newest first. */
export async function findSms(access: TwilioAccess, { to, body }: Sms, since: Date): Promise<string[]> {
  const query = new URLSearchParams({ To: to, PageSize: "50" });
  const { messages } = await callVendor({
    ...callOf(access),
    url: `${messagesOf(access)}?${query.toString()}`,
    method: "GET",
    parse: (answer) => readJson(vendor, answer, Messages),
  });
  const isSince = (at: string | null) => at === null || Date.parse(at) >= since.getTime() - leewayMs;
  // A trial account puts words of its own before ours.
  const same = messages.filter((message) => message.body.endsWith(body) && isSince(message.date_created));
  return same.map(({ sid }) => sid);
}

/** Whether Twilio lets the account send: it is `active`, `suspended` or `closed`. */
export async function getAccount(access: TwilioAccess): Promise<{ status: string; name: string }> {
  const { status, friendly_name } = await callVendor({
    ...callOf(access),
    url: `${accountOf(access)}.json`,
    method: "GET",
    parse: (answer) => readJson(vendor, answer, Account),
  });
  return { status, name: friendly_name };
}

function messagesOf(access: TwilioAccess): string {
  return `${accountOf(access)}/Messages.json`;
}

function accountOf({ baseUrl, accountSid }: TwilioAccess): string {
  return `${baseUrl}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}`;
}

function callOf({ fetch, accountSid, authToken }: TwilioAccess) {
  return {
    fetch,
    vendor,
    timeoutMs,
    secrets: [authToken],
    headers: {
      Authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}`,
      "Content-Type": "application/x-www-form-urlencoded",
    },
  };
}
