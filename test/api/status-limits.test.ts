import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { createApp } from "../../src/app.ts";
import { configOf } from "../../src/core/config.ts";
import { signStaffToken } from "../../src/core/tokens.ts";
import { type Account, aCompany } from "../support/factories.ts";

const v1 = "/api/v1/status";
const unscaled = { ...env, RATE_LIMIT_SCALE: "1" } as unknown as Env;

/** Calls as production counts them. */
async function counted({ id, sessionId }: Account) {
  const token = await signStaffToken(configOf(env), { sub: id, sid: sessionId }, Date.now());
  const app = createApp();
  return (method: string, path: string): Promise<Response> =>
    Promise.resolve(
      app.fetch(
        new Request(`https://api.domiq.test${v1}${path}`, {
          method,
          headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          ...(method === "GET" ? {} : { body: "{}" }),
        }),
        unscaled,
        createExecutionContext(),
      ),
    );
}

describe("under /api/v1/status a user has", () => {
  it.each([
    ["POST", "/change", "status", 1000],
    ["GET", "/history/order/1", "status", 1000],
    ["GET", "/overdue", "status", 1000],
    ["GET", "/workflows/order", "status", 1000],
    ["POST", "/workflows", "status", 1000],
    ["GET", "/webhooks", "status", 1000],
    ["POST", "/current/bulk", "status-bulk", 100],
    ["GET", "/analytics", "status-analytics", 50],
    ["POST", "/webhooks", "status-webhooks", 10],
  ])("%s %s by the limit of %s: %d an hour", async (method, path, name, limit) => {
    const { headers } = await (await counted((await aCompany()).admin))(method, path);
    expect(headers.get("ratelimit-policy")).toBe(`"${name}";q=${limit};w=3600`);
    expect(headers.get("ratelimit")).toMatch(`"${name}";r=${limit - 1};`);
  });

  it.each([
    ["POST", "/webhooks", 10],
    ["GET", "/analytics", 50],
    ["POST", "/current/bulk", 100],
  ])("no call of %s %s after the %dth, and all others still", async (method, path, limit) => {
    const company = await aCompany();
    const call = await counted(company.admin);
    for (let n = 0; n < limit; n += 1) expect((await call(method, path)).status).not.toBe(429);
    const refused = await call(method, path);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(3500);
    expect(await refused.json()).toMatchObject({ success: false, error: { code: "RATE_LIMIT_EXCEEDED" } });
    expect((await call("GET", "/overdue")).status).toBe(200);
    expect((await (await counted(company.manager))(method, path)).status).not.toBe(429);
  });
});
