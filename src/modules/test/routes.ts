import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { configOf, isLocal } from "../../core/config.ts";
import { notFound } from "../../core/errors.ts";
import { iso } from "../../core/fields.ts";
import { type BaseEnv, doc, ok, okPage, valid } from "../../core/http.ts";
import { findDemo } from "./find-demo.ts";
import { getMessage, listMails } from "./list-mails.ts";
import { loadDemo } from "./load-demo.ts";
import { presentDemo, presentMail } from "./present.ts";
import * as shape from "./schemas.ts";
import { setClock } from "./set-clock.ts";
import { trialRoutes } from "./trials.routes.ts";

/** Outside development these paths are unknown like any other. */
const localOnly = createMiddleware<BaseEnv>(async function localOnly(c, next) {
  if (!isLocal(configOf(c.env).ENVIRONMENT)) return c.notFound();
  await next();
});

/** Open and not counted: it exists on a developer's machine only, where tests call it without end. */
export const testRoutes = new Hono<BaseEnv>().use(localOnly);

testRoutes.get("/demo", doc("Who and what the demo consists of", shape.Demo), async (c) => {
  const demo = await findDemo(c.env);
  if (!demo) throw notFound("Demo");
  return ok(c, presentDemo(demo));
});

testRoutes.post("/demo", doc("Load the demo; once is enough", shape.Demo), async (c) => {
  const demo = await loadDemo(c.env, (work) => c.executionCtx.waitUntil(work));
  return ok(c, presentDemo(demo));
});

testRoutes.get(
  "/outbox",
  doc("Mails that left, or would have left with a mail vendor", shape.Mail.array()),
  valid("query", shape.OutboxQuery),
  async (c) => okPage(c, await listMails(c.env, c.req.valid("query")), presentMail),
);

testRoutes.get(
  "/outbox/:id/message.eml",
  doc("A mail as a mail program opens it (RFC 5322)", undefined, { media: "message/rfc822" }),
  async (c) => c.body(await getMessage(c.env, c.req.param("id")), 200, { "content-type": "message/rfc822" }),
);

testRoutes.post(
  "/clock",
  doc("Put a sandbox company's clock to another time", shape.Clock),
  valid("json", shape.ClockSetting),
  async (c) => {
    const { companyId, now, offsetMs } = await setClock(c.env, c.req.valid("json"));
    return ok(c, { company_id: companyId, now: iso(now), offset_ms: offsetMs });
  },
);

testRoutes.route("/", trialRoutes);
