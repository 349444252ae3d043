import { Hono } from "hono";
import * as z from "zod";
import { type BaseEnv, doc, ok, valid } from "../../core/http.ts";
import { parts } from "../../core/routers.ts";
import { takeEvents } from "./take-events.ts";

/** For the vendor, who signs what it sends and is not counted. */
export const emailWebhookRoutes = new Hono<BaseEnv>();

const Taken = z
  .object({ events: z.int().describe("Those that were about mails of ours") })
  .meta({ id: "MailEventsTaken" });

emailWebhookRoutes.post(
  "/sendgrid/:companyId",
  doc("Take SendGrid's signed events (delivered, bounce, open and so on)", Taken, {
    description: "Signed with the key whose public half is the company's `sendgrid_webhook_public_key`",
  }),
  valid("param", z.object({ companyId: z.string() })),
  async (c) => {
    const events = await takeEvents({
      env: c.env,
      companyId: c.req.valid("param").companyId,
      body: await c.req.text(),
      header: (name) => c.req.header(name) ?? "",
      waitUntil: (work) => c.executionCtx.waitUntil(work),
      parts,
    });
    return ok(c, { events });
  },
);
