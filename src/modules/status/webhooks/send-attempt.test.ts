import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { type Endpoint, sendAttempt } from "./send-attempt.ts";

const secret = `whsec_${btoa("a secret of twenty-four b")}`;
const oldSecret = `whsec_${btoa("an older one of as many bytes")}`;
const endpoint: Endpoint = { url: "https://hooks.example.com/in", headers: {}, secrets: [secret] };
const message = { id: "0195f3a0-0000-7000-8000-000000000001", body: '{"event":"status_changed"}' };

type Call = { url: string; init: RequestInit };

function receiver(answer: (call: Call) => Response | Promise<Response>) {
  const calls: Call[] = [];
  return {
    calls,
    fetch: async (url: string, init: RequestInit) => {
      calls.push({ url, init });
      return answer({ url, init });
    },
  };
}

const send = (fetch: (url: string, init: RequestInit) => Promise<Response>, over: Partial<Endpoint> = {}) =>
  sendAttempt(fetch, { ...endpoint, ...over }, message, new Date(), 30);

describe("sendAttempt", () => {
  it("signs so that the official library verifies it", async () => {
    const { fetch, calls } = receiver(() => new Response("thanks"));
    expect(await send(fetch)).toMatchObject({ ok: true, statusCode: 200, error: null, response: "thanks" });
    const headers = Object.fromEntries(new Headers(calls[0]!.init.headers));
    expect(headers).toMatchObject({ "webhook-id": message.id, "content-type": "application/json" });
    expect(new Webhook(secret).verify(message.body, headers)).toEqual({ event: "status_changed" });
    expect(() => new Webhook(secret).verify(`${message.body} `, headers)).toThrow(/No matching signature/);
    expect(() => new Webhook(oldSecret).verify(message.body, headers)).toThrow(/No matching signature/);
    expect(() => new Webhook(secret).verify(message.body, { ...headers, "webhook-id": "other" })).toThrow();
  });

  it("signs with every secret that is still good", async () => {
    const { fetch, calls } = receiver(() => new Response());
    await send(fetch, { secrets: [secret, oldSecret] });
    const headers = Object.fromEntries(new Headers(calls[0]!.init.headers));
    expect(headers["webhook-signature"]).toMatch(/^v1,[\w+/=]{44} v1,[\w+/=]{44}$/);
    for (const either of [secret, oldSecret])
      expect(new Webhook(either).verify(message.body, headers)).toBeTruthy();
  });

  it("sends the receiver's own headers, but never over ours", async () => {
    const { fetch, calls } = receiver(() => new Response());
    await send(fetch, { headers: { authorization: "Bearer abc", "webhook-id": "forged" } });
    const headers = new Headers(calls[0]!.init.headers);
    expect(headers.get("authorization")).toBe("Bearer abc");
    expect(headers.get("webhook-id")).toBe(message.id);
  });

  it("does not follow redirects, and takes one for a failure", async () => {
    const { fetch, calls } = receiver(
      () => new Response(null, { status: 307, headers: { location: "https://169.254.169.254/" } }),
    );
    expect(await send(fetch)).toMatchObject({
      ok: false,
      statusCode: 307,
      error: "redirects are not followed",
    });
    expect(calls).toHaveLength(1);
    expect(calls[0]!.init.redirect).toBe("manual");
  });

  it("gives up on a receiver that hangs", async () => {
    const { fetch } = receiver(
      ({ init }) =>
        new Promise((_resolve, reject) => {
          init.signal?.addEventListener("abort", () => reject(init.signal?.reason));
        }),
    );
    expect(await send(fetch)).toMatchObject({
      ok: false,
      statusCode: null,
      timedOut: true,
      error: "no answer within 0.03 s",
      response: null,
    });
  });

  it("says when nobody is there", async () => {
    const { fetch } = receiver(() => Promise.reject(new TypeError("connection refused")));
    expect(await send(fetch)).toMatchObject({ ok: false, timedOut: false, error: "could not be reached" });
  });

  it.each([
    [200, true],
    [204, true],
    [299, true],
    [304, false],
    [400, false],
    [410, false],
    [500, false],
  ])("takes %d for success: %s", async (status, ok) => {
    const { fetch } = receiver(() => new Response(null, { status }));
    expect(await send(fetch)).toMatchObject({ ok, statusCode: status });
  });

  it.each([
    ["120", 120_000],
    ["soon", null],
    [undefined, null],
  ])("reads Retry-After %s", async (value, retryAfterMs) => {
    const headers = value === undefined ? {} : { "retry-after": value };
    const { fetch } = receiver(() => new Response("busy", { status: 503, headers }));
    expect(await send(fetch)).toMatchObject({ ok: false, statusCode: 503, retryAfterMs });
  });

  it("keeps the first ten kilobytes of an answer without end", async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        controller.enqueue(new TextEncoder().encode("x".repeat(4000)));
      },
    });
    const { fetch } = receiver(() => new Response(endless, { status: 500 }));
    const { response } = await send(fetch);
    expect(response).toBe("x".repeat(10_000));
    expect(sent).toBeLessThan(6);
  });
});
