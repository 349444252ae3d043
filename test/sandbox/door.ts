import { Hono } from "hono";
import { noteCall } from "./calls.ts";
import { type FaultRow, takeFaults } from "./faults.ts";
import type { Vendor } from "./vendor.ts";

/** A vendor behind its faults, with every call noted. */
export function doorOf(vendor: Vendor, sql: SqlStorage): Hono {
  const door = new Hono();
  door.use(async (c, next) => {
    const started = Date.now();
    const { pathname, search } = new URL(c.req.url);
    const body = await c.req.raw.clone().text();
    const faults = takeFaults(sql, vendor.name, pathname);
    const delayMs = faults.reduce((sum, fault) => sum + (fault.mode === "latency" ? fault.value : 0), 0);
    if (delayMs > 0) await scheduler.wait(delayMs);
    const spoiler = faults.find((fault) => fault.mode !== "latency");

    if (spoiler === undefined || spoiler.mode === "drop_after") await next();
    const status = c.res.status;
    if (spoiler) c.res = spoilt(spoiler, (message) => vendor.errorBody(c, message));

    const isLost = spoiler?.mode === "drop_before" || spoiler?.mode === "drop_after";
    noteCall(
      sql,
      {
        service: vendor.name,
        at: new Date(started).toISOString(),
        method: c.req.method,
        path: pathname + search,
        headers: c.req.raw.headers,
        body,
        status: isLost ? null : spoiler ? c.res.status : status,
        fault: faults.map((fault) => fault.mode).join(" ") || null,
        duration_ms: Date.now() - started,
      },
      vendor.keepsBodies ?? false,
    );
  });
  door.route("/", vendor.routes(sql));
  return door;
}

function spoilt(fault: FaultRow, errorBody: (message: string) => Response): Response {
  switch (fault.mode) {
    case "status":
      return Response.json({ error: `status ${fault.value}` }, { status: fault.value });
    case "error_body":
      return errorBody(fault.value);
    case "latency":
    case "drop_before":
    case "drop_after":
      return brokenOff();
  }
}

/**
 * A connection that breaks within the answer: a Worker cannot close its caller's socket sooner. The status is a
 * gateway's, so that a caller who looks no further does not take it for a yes.
 */
function brokenOff(): Response {
  const body = new ReadableStream({
    async pull(stream) {
      stream.enqueue(new TextEncoder().encode("<"));
      await scheduler.wait(5);
      stream.error(new Error("connection dropped on purpose"));
    },
  });
  return new Response(body, { status: 502 });
}
