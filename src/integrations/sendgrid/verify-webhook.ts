import { createPublicKey, createVerify } from "node:crypto";

export const signatureHeader = "x-twilio-email-event-webhook-signature";
export const timestampHeader = "x-twilio-email-event-webhook-timestamp";

type Signed = { body: string; signature: string; timestamp: string };

/** SendGrid repeats for a day what was not taken, and does not say whether it signs anew. */
const longestAgeMs = 25 * 3_600_000;

/**
 * Whether SendGrid has signed these events, not longer ago than it repeats them: ECDSA over P-256 and SHA-256 of
 * timestamp and raw body. `publicKey` is the key as SendGrid shows it, in base64 or PEM; one that is no key verifies
 * nothing. `now` is real time in epoch ms.
 */
export function isFromSendgrid(
  publicKey: string,
  { body, signature, timestamp }: Signed,
  now: number,
): boolean {
  try {
    const key = createPublicKey({ key: derOf(publicKey), format: "der", type: "spki" });
    if (key.asymmetricKeyType !== "ec" || !/^\d{1,12}$/.test(timestamp)) return false;
    if (now - Number(timestamp) * 1000 > longestAgeMs) return false;
    const verify = createVerify("sha256");
    verify.update(timestamp + body);
    return verify.verify(key, signature, "base64");
  } catch {
    return false;
  }
}

function derOf(publicKey: string): Buffer {
  return Buffer.from(publicKey.replaceAll(/-----[^-]+-----|\s/g, ""), "base64");
}
