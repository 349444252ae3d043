import { describe, expect, it } from "vitest";
import { findSms, sendSms } from "../../src/integrations/twilio/client.ts";
import { UpstreamError } from "../../src/integrations/vendor.ts";
import { aSandbox } from "../support/sandbox.ts";

const accountSid = `AC${"0123456789abcdef".repeat(2)}`;
const message = { to: "+13125550111", body: "Maple Court: New tour" };

function access(fetch: (url: string, init: RequestInit) => Promise<Response>, from = "+13125550100") {
  return {
    fetch,
    baseUrl: "http://localhost:8788/twilio",
    accountSid,
    authToken: "the-secret-token",
    from,
  };
}

async function failureOf(work: Promise<unknown>): Promise<UpstreamError> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  if (error instanceof UpstreamError) return error;
  throw new Error("it did not fail");
}

describe("sendSms", () => {
  it("is understood by Twilio and answers the message's SID", async () => {
    const sandbox = aSandbox();
    const { sid } = await sendSms(access(sandbox.fetch), message);
    expect(await sandbox.texts(message.to)).toMatchObject([
      { sid, from: "+13125550100", body: message.body },
    ]);
  });

  it("may leave the choice of the number to a messaging service", async () => {
    const sandbox = aSandbox();
    const service = `MG${"0123456789abcdef".repeat(2)}`;
    await sendSms(access(sandbox.fetch, service), message);
    expect(await sandbox.texts()).toMatchObject([{ from: service }]);
  });

  it.each([
    [{ ...message, to: "12" }, 400],
    [{ ...message, body: "" }, 400],
  ])("reports what Twilio will never take: %j", async (wrong, status) => {
    const failure = await failureOf(sendSms(access(aSandbox().fetch), wrong));
    expect(failure).toMatchObject({ kind: "http", status, retryable: false });
  });

  it("answers no SID for a receiver who has answered STOP", async () => {
    const sandbox = aSandbox();
    expect(await sendSms(access(sandbox.fetch), { ...message, to: "+15005550004" })).toEqual({ sid: null });
    expect(await sandbox.texts()).toEqual([]);
  });

  it("reports a wrong account", async () => {
    const strange = { ...access(aSandbox().fetch), accountSid: "AC1" };
    expect(await failureOf(sendSms(strange, message))).toMatchObject({ status: 401, retryable: false });
  });

  it.each([
    [429, true],
    [503, true],
    [403, false],
  ])("reports status %i, to be tried again: %s", async (status, retryable) => {
    const failure = await failureOf(
      sendSms(
        access(async () => new Response("no", { status })),
        message,
      ),
    );
    expect(failure).toMatchObject({ kind: "http", status, retryable });
  });

  it.each([
    ["<html>", "unreadable"],
    ['{"ok":true}', "unexpected"],
  ])("does not take %s for an answer", async (text, kind) => {
    const failure = await failureOf(
      sendSms(
        access(async () => new Response(text, { status: 201 })),
        message,
      ),
    );
    expect(failure.kind).toBe(kind);
  });

  it("keeps the token out of every failure", async () => {
    const echo = async (_url: string, init: RequestInit) =>
      new Response(`the-secret-token ${JSON.stringify(init.headers)}`, { status: 400 });
    const failure = await failureOf(sendSms(access(echo), message));
    expect([failure.message, failure.publicMessage, failure.detail].join()).not.toContain("the-secret-token");
  });
});

describe("findSms", () => {
  it("finds a message that was taken, and none that was not", async () => {
    const sandbox = aSandbox();
    const since = new Date();
    const { sid } = await sendSms(access(sandbox.fetch), message);
    expect(await findSms(access(sandbox.fetch), message, since)).toEqual([sid]);
    expect(await findSms(access(sandbox.fetch), { ...message, body: "Other words" }, since)).toEqual([]);
    expect(await findSms(access(sandbox.fetch), { ...message, to: "+13125550999" }, since)).toEqual([]);
  });

  it("does not take yesterday's message with the same words for this one", async () => {
    const sandbox = aSandbox();
    await sendSms(access(sandbox.fetch), message);
    expect(await findSms(access(sandbox.fetch), message, new Date(Date.now() + 86_400_000))).toEqual([]);
  });

  it("knows a message that a trial account put its own words before", async () => {
    const at = new Date();
    const answer = {
      messages: [
        {
          sid: "SM1",
          body: `Sent from your Twilio trial account - ${message.body}`,
          date_created: at.toUTCString(),
        },
      ],
    };
    expect(
      await findSms(
        access(async () => Response.json(answer)),
        message,
        at,
      ),
    ).toEqual(["SM1"]);
  });
});
