import { describe, expect, it } from "vitest";
import { callVendor, countingFetch, type Fetch, UpstreamError, type VendorCall } from "./vendor.ts";

function call(fetch: Fetch, more: Partial<VendorCall<string>> = {}): Promise<string> {
  return callVendor({
    fetch,
    vendor: "Acme",
    url: "https://acme.test/do",
    method: "POST",
    body: "key=s3cret",
    timeoutMs: 1000,
    secrets: ["s3cret"],
    parse: (answer) => answer.text,
    ...more,
  });
}

async function failureOf(work: Promise<unknown>): Promise<UpstreamError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UpstreamError);
  return error as UpstreamError;
}

const answering = (body: string, init?: ResponseInit) => async () => new Response(body, init);

describe("callVendor", () => {
  it("gives a good answer to the caller's reader", async () => {
    expect(await call(answering("fine"))).toBe("fine");
  });

  it.each([
    [500, true, true],
    [503, true, true],
    [429, true, true],
    [408, true, true],
    [400, false, false],
    [401, false, false],
    [302, false, false],
  ])("tells a passing trouble from a lasting one: %i", async (status, retryable, isOutage) => {
    expect(await failureOf(call(answering("no", { status })))).toMatchObject({
      kind: "http",
      status,
      retryable,
      isOutage,
      publicMessage: "Acme answered with an error",
    });
  });

  it("keeps how long the vendor asked to wait", async () => {
    const inSeconds = await failureOf(call(answering("", { status: 429, headers: { "Retry-After": "7" } })));
    expect(inSeconds.retryAfterMs).toBe(7000);
    const inThePast = "Wed, 21 Oct 2015 07:28:00 GMT";
    const dated = await failureOf(
      call(answering("", { status: 503, headers: { "Retry-After": inThePast } })),
    );
    expect(dated.retryAfterMs).toBe(0);
  });

  it("knows a broken connection from a vendor that says no", async () => {
    const broken = await failureOf(call(async () => Promise.reject(new TypeError("connect ECONNREFUSED"))));
    expect(broken).toMatchObject({ kind: "network", status: null, retryable: true, isOutage: true });
    const refused = await failureOf(
      call(answering("{}"), {
        parse: ({ status }) => {
          throw new UpstreamError({
            vendor: "Acme",
            kind: "refused",
            status,
            detail: "no s3cret",
            retryable: false,
          });
        },
      }),
    );
    expect(refused).toMatchObject({ kind: "refused", status: 200, isOutage: false, detail: "no ***" });
  });

  it("ends a call that takes too long, in the middle of the answer too", async () => {
    const never: Fetch = (_url, init) =>
      new Promise((_resolve, reject) => {
        init.signal?.addEventListener("abort", () => reject(init.signal?.reason as Error));
      });
    expect(await failureOf(call(never, { timeoutMs: 20 }))).toMatchObject({
      kind: "timeout",
      retryable: true,
    });
  });

  it("counts an answer cut off on its way as no answer", async () => {
    const cut = new ReadableStream({
      start(stream) {
        stream.enqueue(new TextEncoder().encode("half"));
        stream.error(new Error("connection lost"));
      },
    });
    expect(await failureOf(call(async () => new Response(cut)))).toMatchObject({
      kind: "network",
      status: null,
    });
  });

  it("never shows a credential, even when the vendor repeats it", async () => {
    const error = await failureOf(call(answering(`bad key s3cret ${"x".repeat(1000)}`, { status: 403 })));
    expect(error.detail).toContain("bad key ***");
    expect(error.detail.length).toBeLessThanOrEqual(500);
    expect(JSON.stringify(error) + String(error) + error.stack).not.toContain("s3cret");
  });
});

it("countingFetch counts what was called, failures too", async () => {
  const counted = countingFetch(answering("no", { status: 500 }));
  await failureOf(call(counted.fetch));
  await failureOf(call(counted.fetch));
  expect(counted.calls()).toBe(2);
});
