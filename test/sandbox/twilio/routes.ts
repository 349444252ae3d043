import { type Context, Hono } from "hono";
import type { Vendor } from "../vendor.ts";
import { keepText, listTexts, type SentText } from "./texts.ts";

const e164 = /^\+[1-9]\d{6,14}$/;
const accountSid = /^AC[0-9a-f]{32}$/;
const longestBody = 1600;
/** The number that Twilio itself offers for trying out what a receiver's STOP leads to. */
const stopped = "+15005550004";

type Problem = { status: 400 | 401 | 404; code: number; message: string };

/** Twilio's Messages resource: forms in, JSON out, 201 with status `queued`; a problem has a code of its own. */
export const twilio: Vendor = {
  name: "twilio",
  routes: (sql) => {
    const routes = new Hono();
    routes.use("/2010-04-01/Accounts/*", async (c, next) => {
      const account = /Accounts\/(\w+)/.exec(c.req.path)?.[1] ?? "";
      const refused = refusalOf(account, c.req.header("Authorization"));
      return refused ? problem(c, refused) : next();
    });
    routes.get("/2010-04-01/Accounts/:file{AC[0-9a-f]+\\.json}", (c) => {
      const sid = c.req.param("file").replace(".json", "");
      return c.json({ sid, friendly_name: "Sandbox", status: "active", type: "Full" });
    });
    routes.post("/2010-04-01/Accounts/:account/Messages.json", async (c) => {
      const form = new URLSearchParams(await c.req.text());
      const wrong = wrongIn(form, c.req.header("Content-Type"));
      if (wrong) return problem(c, wrong);
      const text: SentText = {
        sid: `SM${crypto.randomUUID().replaceAll("-", "")}`,
        at: new Date().toISOString(),
        to: form.get("To") ?? "",
        from: form.get("From") ?? form.get("MessagingServiceSid") ?? "",
        body: form.get("Body") ?? "",
      };
      keepText(sql, text);
      return c.json(resource(c.req.param("account"), text, "queued"), 201);
    });
    routes.get("/2010-04-01/Accounts/:account/Messages.json", (c) => {
      const size = Math.min(1000, Number(c.req.query("PageSize") ?? "50"));
      const newestFirst = listTexts(sql, c.req.query("To")).toReversed().slice(0, size);
      const messages = newestFirst.map((text) => resource(c.req.param("account"), text, "delivered"));
      return c.json({ messages, page: 0, page_size: size, next_page_uri: null });
    });
    return routes;
  },
  errorBody: (c, message) => c.json({ code: 20500, message, more_info: moreInfo(20500), status: 500 }),
};

function refusalOf(account: string, authorization = ""): Problem | null {
  const sid = authorization.startsWith("Basic ") ? atob(authorization.slice(6)).split(":")[0] : undefined;
  if (sid === undefined || sid !== account || !accountSid.test(account))
    return { status: 401, code: 20003, message: "Authenticate" };
  return null;
}

function wrongIn(form: URLSearchParams, contentType = ""): Problem | null {
  const bad = (code: number, message: string): Problem => ({ status: 400, code, message });
  if (!contentType.startsWith("application/x-www-form-urlencoded") || !form.get("To"))
    return bad(21604, "A 'To' phone number is required.");
  const to = form.get("To") ?? "";
  if (!e164.test(to)) return bad(21211, `Invalid 'To' Phone Number: ${to}`);
  if (to === stopped) return bad(21610, "Attempt to send to unsubscribed recipient");
  const from = form.get("From") ?? form.get("MessagingServiceSid");
  if (!from) return bad(21603, "A 'From' phone number is required.");
  if (!e164.test(from) && !/^MG[0-9a-f]{32}$/.test(from))
    return bad(21212, `Invalid 'From' Phone Number: ${from}`);
  const body = form.get("Body") ?? "";
  if (body === "") return bad(21602, "Message body is required.");
  if (body.length > longestBody)
    return bad(21617, "The concatenated message body exceeds the 1600 character limit.");
  return null;
}

function problem(c: Context, { status, code, message }: Problem): Response {
  return c.json({ code, message, more_info: moreInfo(code), status }, status);
}

function moreInfo(code: number): string {
  return `https://www.twilio.com/docs/errors/${code}`;
}

/** Dates are RFC 2822, as the real ones. */
function resource(account: string, { sid, at, to, from, body }: SentText, status: string) {
  const date = new Date(at).toUTCString().replace("GMT", "+0000");
  return {
    sid,
    account_sid: account,
    to,
    from: from.startsWith("MG") ? null : from,
    messaging_service_sid: from.startsWith("MG") ? from : null,
    body,
    status,
    direction: "outbound-api",
    num_segments: String(Math.ceil(body.length / 160)),
    num_media: "0",
    price: null,
    price_unit: "USD",
    error_code: null,
    error_message: null,
    date_created: date,
    date_updated: date,
    date_sent: status === "queued" ? null : date,
    api_version: "2010-04-01",
    uri: `/2010-04-01/Accounts/${account}/Messages/${sid}.json`,
  };
}
