import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { createApp } from "../../src/app.ts";
import { configOf } from "../../src/core/config.ts";

const production = {
  ...env,
  ENVIRONMENT: "production",
  APP_ORIGIN: "https://api.domiq.example",
  JWT_SECRET: "a-real-secret-of-more-than-32-characters",
  SECRETS_KEY: "another-real-secret-of-more-than-32-chars",
  RESMAN_URL: "https://api.myresman.com",
  RESMAN_PARTNER_ID: "4711",
  RESMAN_API_KEY: "a-real-key",
  SENDGRID_URL: "https://api.sendgrid.com",
  SANDBOX_ORIGIN: undefined,
  RATE_LIMIT_SCALE: "1",
};

const configured = (over: Record<string, unknown>) => () =>
  configOf({ ...production, ...over } as unknown as Env);

function callIn(over: Record<string, unknown>, method: string, path: string): Promise<Response> {
  const request = new Request(`https://api.domiq.example${path}`, { method });
  return Promise.resolve(
    createApp().fetch(request, { ...production, ...over } as unknown as Env, createExecutionContext()),
  );
}

describe("production", () => {
  it("runs with secrets of its own", () => {
    expect(configured({})().ENVIRONMENT).toBe("production");
  });

  it.each(["JWT_SECRET", "SECRETS_KEY", "RESMAN_PARTNER_ID", "RESMAN_API_KEY", "JWT_SECRET_PREVIOUS"])(
    "refuses a development value of %s and names it",
    (name) => {
      expect(configured({ [name]: "dev-0123456789-0123456789-0123456789" })).toThrow(
        `${name} is a development value`,
      );
    },
  );

  it("refuses the sandbox, and limits that were moved", () => {
    expect(configured({ SANDBOX_ORIGIN: "http://localhost:8788" })).toThrow("SANDBOX_ORIGIN");
    expect(configured({ RATE_LIMIT_SCALE: "10" })).toThrow("RATE_LIMIT_SCALE");
  });

  it("refuses an origin whose links would not be safe in a mail", () => {
    expect(configured({ APP_ORIGIN: "http://api.domiq.example" })).toThrow(
      "APP_ORIGIN must begin with https://",
    );
  });

  it("refuses secrets that are missing or short, all in one complaint", () => {
    expect(configured({ JWT_SECRET: undefined, SECRETS_KEY: "short" })).toThrow(/JWT_SECRET.*SECRETS_KEY/);
  });

  it("answers nothing when it is badly configured, and does not say why", async () => {
    const response = await callIn(
      { JWT_SECRET: "dev-0123456789-0123456789-0123456789" },
      "GET",
      "/api/health",
    );
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(text).not.toContain("JWT_SECRET");
    expect(JSON.parse(text)).toMatchObject({ success: false, error: { code: "INTERNAL_ERROR" } });
  });

  it.each(["production", "staging"])(
    "has no /api/test in %s: its paths are unknown like any other",
    async (name) => {
      for (const [method, path] of [
        ["POST", "/api/test/demo"],
        ["GET", "/api/test/demo"],
        ["GET", "/api/test/outbox"],
        ["POST", "/api/test/clock"],
      ] as const) {
        const response = await callIn({ ENVIRONMENT: name }, method, path);
        expect(response.status).toBe(404);
        const body = await response.json<{ error: { message: string } }>();
        expect(body.error.message).toBe(`No such path: ${method} ${path}`);
      }
    },
  );
});
