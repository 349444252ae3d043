import { createMimeMessage, Mailbox } from "mimetext";
import type { MailRow } from "./queue-mail.ts";

/** The mail as RFC 5322 has it, with its text, its HTML and its attachments: what a mail program can open. */
export function mimeMessage(mail: MailRow): string {
  const message = createMimeMessage();
  message.setHeader("Date", (mail.sentAt ?? mail.createdAt).toUTCString().replace("GMT", "+0000"));
  message.setHeader("Message-ID", `<${mail.id}@${mail.fromAddress.split("@").at(-1)}>`);
  message.setSender(person(mail.fromAddress, mail.fromName));
  message.setRecipient(person(mail.toAddress, mail.toName));
  message.setSubject(mail.subject);
  if (mail.replyTo) message.setHeader("Reply-To", new Mailbox(mail.replyTo));
  for (const [name, value] of Object.entries(mail.headers ?? {})) message.setHeader(name, value);
  part(mail.text, "text/plain");
  if (mail.html) part(mail.html, "text/html");
  for (const { filename, type, content } of mail.attachments)
    message.addAttachment({ filename, contentType: type, data: inLines(content) });
  return message.asRaw().replaceAll(/\r?\n/g, "\r\n");

  function part(text: string, contentType: string) {
    message.addMessage({ contentType, encoding: "base64", data: inLines(base64(text)) });
  }
}

function person(addr: string, name: string | null) {
  return name === null ? { addr } : { name, addr };
}

/** No encoded line may have more than 76 characters (RFC 2045). */
function inLines(encoded: string): string {
  return (encoded.match(/.{1,76}/g) ?? []).join("\r\n");
}

function base64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
