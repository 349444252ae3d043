import { type Context, Hono } from "hono";
import type { Vendor } from "../vendor.ts";
import { MailSend } from "./mail-send.ts";
import { findByArgument, keepMail } from "./mails.ts";

type Problem = { message: string; field: string | null; help: null };

/** SendGrid's v3 mail API: 202 with an empty body and the id in a header, errors as a list under 4xx. */
export const sendgrid: Vendor = {
  name: "sendgrid",
  routes: (sql) => {
    const routes = new Hono();
    routes.use("/v3/*", async (c, next) => {
      if (/^Bearer \S+/.test(c.req.header("Authorization") ?? "")) return next();
      return problems(c, 401, [problem("The provided authorization grant is invalid, expired, or revoked")]);
    });
    // Of the feed's query language only what a sender of ours asks.
    routes.get("/v3/messages", (c) => {
      const asked = /^unique_args\['(\w+)'\]="([^"]*)"$/.exec(c.req.query("query") ?? "");
      if (!asked) return problems(c, 400, [problem("invalid query")]);
      const [, name = "", value = ""] = asked;
      const messages = findByArgument(sql, name, value).map(({ id, at, to, mail }) => ({
        msg_id: id,
        from_email: mail.from.email,
        to_email: to[0],
        subject: mail.subject,
        status: "delivered",
        opens_count: 0,
        clicks_count: 0,
        last_event_time: at,
      }));
      return c.json({ messages });
    });
    routes.get("/v3/scopes", (c) => c.json({ scopes: ["mail.send", "messages.read"] }));
    routes.post("/v3/mail/send", async (c) => {
      if (!c.req.header("Content-Type")?.startsWith("application/json")) {
        return problems(c, 415, [problem("Content-Type should be application/json.")]);
      }
      const body: unknown = await c.req.json().catch(() => null);
      if (body === null) return problems(c, 400, [problem("Bad Request")]);
      const mail = MailSend.safeParse(body);
      if (!mail.success) {
        return problems(
          c,
          400,
          mail.error.issues.map((issue) => problem(issue.message, dotted(issue.path))),
        );
      }
      // SendGrid's own dry run.
      if (mail.data.mail_settings?.sandbox_mode?.enable) return c.body(null, 200);
      const id = crypto.randomUUID().replaceAll("-", "").slice(0, 22);
      keepMail(sql, id, mail.data);
      return c.body(null, 202, { "X-Message-Id": id });
    });
    return routes;
  },
  errorBody: (c, message) => problems(c, 200, [problem(message)]),
};

function problem(message: string, field: string | null = null): Problem {
  return { message, field, help: null };
}

function problems(c: Context, status: 200 | 400 | 401 | 415, errors: Problem[]): Response {
  return c.json({ errors }, status);
}

function dotted(path: PropertyKey[]): string {
  return path.map(String).join(".");
}
