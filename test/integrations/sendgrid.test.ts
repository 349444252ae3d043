import { describe, expect, it } from "vitest";
import { type Letter, sendMail, wasAccepted } from "../../src/integrations/sendgrid/client.ts";
import { UpstreamError } from "../../src/integrations/vendor.ts";
import { aSandbox } from "../support/sandbox.ts";

const letter: Letter = {
  mailId: "mail-1",
  to: { email: "robin.field@example.test", name: "Robin Field" },
  from: { email: "leasing@maple.test", name: "Maple Court" },
  replyTo: { email: "office@maple.test" },
  subject: "Your tour",
  text: "See you tomorrow",
  html: "<p>See you tomorrow</p>",
  attachments: [{ filename: "tour.ics", type: "text/calendar", content: btoa("BEGIN:VCALENDAR") }],
};

function access(fetch: (url: string, init: RequestInit) => Promise<Response>) {
  return { fetch, baseUrl: "http://localhost:8788/sendgrid", apiKey: "SG.example-key-value" };
}

async function failureOf(work: Promise<unknown>): Promise<UpstreamError> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  if (error instanceof UpstreamError) return error;
  throw new Error("it did not fail");
}

describe("sendMail", () => {
  it("is understood by SendGrid and answers its message id", async () => {
    const sandbox = aSandbox();
    const { messageId } = await sendMail(access(sandbox.fetch), letter);
    const [sent] = await sandbox.mails("robin.field@example.test");
    expect(sent!.id).toBe(messageId);
    expect(sent!.mail).toMatchObject({
      from: { email: "leasing@maple.test", name: "Maple Court" },
      reply_to: { email: "office@maple.test" },
      subject: "Your tour",
      content: [
        { type: "text/plain", value: "See you tomorrow" },
        { type: "text/html", value: "<p>See you tomorrow</p>" },
      ],
      attachments: [{ filename: "tour.ics", type: "text/calendar", disposition: "attachment" }],
    });
  });

  it.each([
    ["Field, Robin", "Field Robin"],
    ["evil@example.test; Robin <x@example.test>", "evil example.test Robin x example.test"],
    ['Robin "Rob" (Jr.)\r\nBcc: x', "Robin Rob Jr. Bcc x"],
    [";,", undefined],
  ])("lets no name become an address: %j", async (name, told) => {
    const sandbox = aSandbox();
    await sendMail(access(sandbox.fetch), { ...letter, to: { ...letter.to, name } });
    const [sent] = await sandbox.mails();
    const [to] = sent!.mail.personalizations[0]!.to;
    expect(to).toEqual({ email: letter.to.email, ...(told ? { name: told } : {}) });
  });

  it("carries our id to events and mailboxes, the same one at every try", async () => {
    const sandbox = aSandbox();
    await sendMail(access(sandbox.fetch), letter);
    const [sent] = await sandbox.mails();
    expect(sent!.mail.personalizations[0]!.custom_args).toEqual({ mail_id: "mail-1" });
    expect(sent!.mail.headers).toEqual({ "Message-ID": "<mail-1@maple.test>" });
  });

  it.each([
    [400, false],
    [401, false],
    [429, true],
    [503, true],
  ])("reports status %i, to be tried again: %s", async (status, retryable) => {
    const failure = await failureOf(
      sendMail(
        access(async () => new Response("no", { status })),
        letter,
      ),
    );
    expect(failure).toMatchObject({ kind: "http", status, retryable });
  });

  it("keeps the key out of every failure", async () => {
    const echo = async (_url: string, init: RequestInit) =>
      new Response(JSON.stringify(init.headers), { status: 403 });
    const failure = await failureOf(sendMail(access(echo), letter));
    expect([failure.message, failure.publicMessage, failure.detail].join()).not.toContain(
      "SG.example-key-value",
    );
  });
});

describe("wasAccepted", () => {
  it("knows what was sent, and nothing else", async () => {
    const sandbox = aSandbox();
    await sendMail(access(sandbox.fetch), letter);
    expect(await wasAccepted(access(sandbox.fetch), "mail-1")).toBe(true);
    expect(await wasAccepted(access(sandbox.fetch), "mail-2")).toBe(false);
  });

  it("asks for our id", async () => {
    const asked: string[] = [];
    const known = await wasAccepted(
      access(async (url) => {
        asked.push(new URL(url).searchParams.get("query") ?? "");
        return Response.json({ messages: [{ msg_id: "x", status: "delivered" }] });
      }),
      "mail-1",
    );
    expect(known).toBe(true);
    expect(asked).toEqual([`unique_args['mail_id']="mail-1"`]);
  });

  it("is false for a mail SendGrid never saw", async () => {
    expect(
      await wasAccepted(
        access(async () => Response.json({ messages: [] })),
        "mail-1",
      ),
    ).toBe(false);
  });

  it.each([403, 404])("cannot tell where the account has no activity feed (%i)", async (status) => {
    expect(
      await wasAccepted(
        access(async () => new Response("{}", { status })),
        "mail-1",
      ),
    ).toBeNull();
  });

  it("fails where SendGrid is down, so that nothing is sent on a guess", async () => {
    const failure = await failureOf(
      wasAccepted(
        access(async () => new Response("", { status: 500 })),
        "mail-1",
      ),
    );
    expect(failure.retryable).toBe(true);
  });
});
