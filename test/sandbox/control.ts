import { Hono } from "hono";
import { listEvents } from "./amplitude/events.ts";
import { listCalls } from "./calls.ts";
import { addFault, Fault, listFaults } from "./faults.ts";
import { listMails } from "./sendgrid/mails.ts";
import { resetAll } from "./tables.ts";
import { listTexts } from "./twilio/texts.ts";
import { refusal, validBody } from "./valid.ts";

/** What tests and demos use to look behind the vendors and to make trouble. */
export function controlRoutes(sql: SqlStorage, services: string[]): Hono {
  const routes = new Hono();

  routes.get("/health", (c) => c.json({ status: "ok", services }));

  routes.post("/reset", (c) => {
    resetAll(sql);
    return c.json({ status: "ok" });
  });

  routes.get("/calls", (c) => {
    const { service, path, after, limit } = c.req.query();
    if (service && !services.includes(service)) throw unknownService(service, services);
    return c.json({
      calls: listCalls(sql, {
        service,
        path,
        after: count(after, 0),
        limit: Math.min(5000, count(limit, 1000)),
      }),
    });
  });

  routes.get("/faults", (c) => c.json({ faults: listFaults(sql) }));

  routes.post("/faults", async (c) => {
    const fault = await validBody(c, Fault);
    if (!services.includes(fault.service)) throw unknownService(fault.service, services);
    return c.json(addFault(sql, fault), 201);
  });

  routes.delete("/faults", (c) => {
    const deleted = listFaults(sql).length;
    sql.exec("DELETE FROM faults");
    return c.json({ deleted });
  });

  routes.get("/amplitude/events", (c) => c.json({ events: listEvents(sql) }));

  routes.get("/sendgrid/mails", (c) => c.json({ mails: listMails(sql, c.req.query("to")) }));

  routes.get("/twilio/messages", (c) => c.json({ messages: listTexts(sql, c.req.query("to")) }));

  routes.get("/sink", (c) =>
    c.json({ requests: listCalls(sql, { service: "sink", path: c.req.query("path") }) }),
  );

  return routes;
}

function unknownService(service: string, services: string[]) {
  const message = `There is no service "${service}"; there are ${services.join(", ")}`;
  return refusal(422, message, [{ field: "service", message }]);
}

function count(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (!/^\d{1,9}$/.test(text)) throw refusal(422, `"${text}" is not a count`);
  return Number(text);
}
