import { describe, expect, it } from "vitest";
import { mimeMessage } from "./mime-message.ts";
import type { MailRow } from "./queue-mail.ts";

const mail = {
  id: "0195f3a0-0000-7000-8000-000000000001",
  fromAddress: "leasing@domiq.example",
  fromName: "Café Court",
  toAddress: "robin@example.test",
  toName: "Robin Field",
  replyTo: "office@maple.test",
  subject: "Your tour – März",
  text: "See you on Tuesday, Björn.\n".repeat(40),
  html: "<p>See you</p>",
  headers: {
    "List-Unsubscribe": "<https://api.domiq.example/u/1>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
  },
  attachments: [
    {
      filename: "tour.ics",
      type: "text/calendar; method=REQUEST",
      content: btoa("BEGIN:VCALENDAR\r\n".repeat(20)),
    },
  ],
  createdAt: new Date("2026-11-21T05:00:00Z"),
  sentAt: null,
} as unknown as MailRow;

describe("mimeMessage", () => {
  const message = mimeMessage(mail);
  const [headers = ""] = message.split("\r\n\r\n");

  it("carries the headers a mail program needs", () => {
    expect(headers).toContain("Date: Sat, 21 Nov 2026 05:00:00 +0000");
    expect(headers).toContain("Message-ID: <0195f3a0-0000-7000-8000-000000000001@domiq.example>");
    expect(headers).toMatch(/From: =\?utf-8\?B\?\S+\?= <leasing@domiq\.example>/);
    expect(headers).toMatch(/To: =\?utf-8\?B\?\S+\?= <robin@example\.test>/);
    expect(headers).toContain("Reply-To: <office@maple.test>");
    expect(headers).toContain("List-Unsubscribe-Post: List-Unsubscribe=One-Click");
    expect(headers).toContain("MIME-Version: 1.0");
  });

  it("holds text before HTML, and the invitation", () => {
    const types = [...message.matchAll(/^Content-Type: ([\w/]+)/gm)].map(([, type]) => type);
    expect(types).toEqual([
      "multipart/mixed",
      "multipart/alternative",
      "text/plain",
      "text/html",
      "text/calendar",
    ]);
    expect(message).toContain('filename="tour.ics"');
    const encoded = /text\/plain[^]*?\r\n\r\n([^]*?)\r\n\r\n--/.exec(message)?.[1] ?? "";
    const bytes = Uint8Array.from(atob(encoded.replaceAll("\r\n", "")), (char) => char.charCodeAt(0));
    expect(new TextDecoder().decode(bytes)).toBe(mail.text);
  });

  it("is ASCII in lines that every server takes", () => {
    expect(message).toMatch(/^[\t\r\n -~]*$/);
    expect(Math.max(...message.split("\r\n").map((line) => line.length))).toBeLessThanOrEqual(998);
    expect(message.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  });
});
