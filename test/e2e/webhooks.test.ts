import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, apiAt } from "../../src/cli/demo/api.ts";
import { startStack, type Stack } from "../support/stack.ts";

/** A call as the sandbox tells of it. */
type Call = { path: string; headers: Record<string, string>; body: string; status: number | null };

let stack: Stack;
let admin: Api;
beforeAll(async () => {
  stack = await startStack();
  admin = await stack.staff("admin@maple.test");
  const steps = [
    { status_name: "open", status_label: "Open", step_order: 1, allowed_transitions: ["done"] },
    { status_name: "done", status_label: "Done", step_order: 2, is_final: true },
  ];
  const workflow = { entity_type: "order", workflow_name: "Orders", is_default: true, steps };
  await admin.post("/api/v1/status/workflows", workflow);
});
afterAll(() => stack.stop());

/** A sink of a test's own in the sandbox, registered for one entity type. */
async function aSink(name: string) {
  const { secret_key, id } = await admin.post<{ id: string; secret_key: string }>("/api/v1/status/webhooks", {
    webhook_url: `${stack.sandboxOrigin}/sink/${name}`,
    entity_types: ["order"],
    secret_key: "webhook-secret-123",
  });
  const calls = async () => {
    const answer = await fetch(`${stack.sandboxOrigin}/__sandbox/calls?service=sink`);
    const all = ((await answer.json()) as { calls: Call[] }).calls;
    return all.filter(({ path }) => path.endsWith(`/${name}`));
  };
  return {
    id,
    secret: secret_key,
    calls,
    arrived: async (count: number) => {
      await expect.poll(async () => (await calls()).length, { timeout: 20_000 }).toBe(count);
    },
    spoil: (fault: object) =>
      fetch(`${stack.sandboxOrigin}/__sandbox/faults`, {
        method: "POST",
        body: JSON.stringify({ service: "sink", path: name, ...fault }),
      }),
  };
}

const change = (entity_id: number, to_status: string) =>
  admin.post<{ transition_id: string }>("/api/v1/status/change", {
    entity_type: "order",
    entity_id,
    to_status,
  });

describe("a webhook on the real wire", () => {
  it("tells every change in order, signed with the secret it was given", async () => {
    const sink = await aSink("orders");
    const ids = [(await change(12_345, "open")).transition_id, (await change(12_345, "done")).transition_id];
    await sink.arrived(2);
    for (const [n, { body, headers }] of (await sink.calls()).entries()) {
      expect(new Webhook(sink.secret).verify(body, headers)).toMatchObject({
        event: "status_changed",
        data: { transition_id: ids[n], entity_id: 12_345, sequence: n + 1, previous_sequence: n },
      });
      expect(headers["webhook-id"]).toBe(ids[n]);
    }
    const { events } = await admin.get<{ events: object[] }>(
      "/api/v1/status/events/order/12345?after_sequence=1",
    );
    expect(events).toMatchObject([{ event: "status_changed", data: { sequence: 2, transition_id: ids[1] } }]);
  });

  it("is tried again after five seconds, and later when the company's clock says so", async () => {
    const sink = await aSink("stubborn");
    await sink.spoil({ mode: "status", value: 500, times: 1 });
    await sink.spoil({ mode: "drop_before", times: 1 });
    await change(2, "open");
    await sink.arrived(2);
    const company_id = stack.demo.companies[0]!.id;
    const now = new Date(Date.now() + 6 * 60_000).toISOString();
    await apiAt(stack.origin).post("/api/test/clock", { company_id, now });
    await sink.arrived(3);
    await apiAt(stack.origin).post("/api/test/clock", { company_id, now: null });
    const [delivery] = await admin.get<{ id: string }[]>(`/api/v1/status/webhooks/${sink.id}/deliveries`);
    const path = `/api/v1/status/webhooks/${sink.id}/deliveries/${delivery!.id}`;
    await expect
      .poll(async () => (await admin.get<{ status: string }>(path)).status, { timeout: 5000 })
      .toBe("delivered");
    const { attempts } = await admin.get<{ attempts: object[] }>(path);
    expect(attempts.toReversed()).toMatchObject([
      { success: false, status_code: 500 },
      { success: false },
      { success: true, status_code: 200 },
    ]);
    expect(new Set((await sink.calls()).map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  });
});
