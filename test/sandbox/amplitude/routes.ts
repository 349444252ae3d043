import { type Context, Hono } from "hono";
import * as z from "zod";
import type { Vendor } from "../vendor.ts";
import { keepEvent } from "./events.ts";

const mostEvents = 2000;
const mostBytes = 1_000_000;
const knownDays = 7;

const Body = z.looseObject({
  api_key: z.string().min(1),
  events: z.array(z.record(z.string(), z.unknown())).min(1),
  options: z.object({ min_id_length: z.int().min(1).optional() }).optional(),
});

/** Amplitude's HTTP V2 API: all of a batch is taken or none, and a refusal names the events it is about. */
export const amplitude: Vendor = {
  name: "amplitude",
  routes: (sql) => {
    const routes = new Hono();
    routes.post("/2/httpapi", async (c) => {
      const text = await c.req.text();
      if (text.length > mostBytes) return refuse(c, 413, { error: "Payload too large" });
      const read = Body.safeParse(jsonOf(text));
      if (!read.success) return refuse(c, 400, missingField(read.error));
      const { api_key: key, events, options } = read.data;
      if (!/^[\x21-\x7e]{8,}$/.test(key)) return refuse(c, 400, { error: `Invalid API key: ${key}` });
      if (events.length > mostEvents) return refuse(c, 413, { error: "Payload too large" });
      const wrong = wrongEvents(events, options?.min_id_length ?? 5);
      if (wrong) return refuse(c, 400, wrong);
      const since = Date.now() - knownDays * 86_400_000;
      for (const event of events) keepEvent(sql, key, event, since);
      return c.json({
        code: 200,
        events_ingested: events.length,
        payload_size_bytes: text.length,
        server_upload_time: Date.now(),
      });
    });
    return routes;
  },
  errorBody: (c, message) => c.json({ code: 500, error: message }),
};

type Wrong = {
  error: string;
  events_with_missing_fields: Record<string, number[]>;
  events_with_invalid_fields: Record<string, number[]>;
  events_with_invalid_id_lengths: Record<string, number[]>;
};

function wrongEvents(events: Record<string, unknown>[], shortestId: number): Wrong | null {
  const wrong: Wrong = {
    error: "Request missing required field",
    events_with_missing_fields: {},
    events_with_invalid_fields: {},
    events_with_invalid_id_lengths: {},
  };
  const note = (into: Exclude<keyof Wrong, "error">, field: string, place: number) =>
    void (wrong[into][field] ??= []).push(place);
  for (const [place, event] of events.entries()) {
    if (!event["event_type"]) note("events_with_missing_fields", "event_type", place);
    if (!event["user_id"] && !event["device_id"]) note("events_with_missing_fields", "user_id", place);
    if (event["time"] !== undefined && !Number.isInteger(event["time"]))
      note("events_with_invalid_fields", "time", place);
    for (const id of ["user_id", "device_id"])
      if (typeof event[id] === "string" && event[id].length < shortestId)
        note("events_with_invalid_id_lengths", id, place);
  }
  const { error: _error, ...lists } = wrong;
  return Object.values(lists).some((by) => Object.keys(by).length > 0) ? wrong : null;
}

function missingField(error: z.ZodError) {
  const field = String(error.issues[0]?.path[0] ?? "events");
  return { error: `Request missing required field ${field}`, missing_field: field };
}

function refuse(c: Context, status: 400 | 413, body: object): Response {
  return c.json({ code: status, ...body }, status);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
