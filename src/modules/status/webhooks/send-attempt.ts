import { Webhook } from "standardwebhooks";
import { type Fetch, waitOf } from "../../../integrations/vendor.ts";
import type { Failed } from "./schedule.ts";

/** A receiver with all that a call to it needs. The first secret is the current one. */
export type Endpoint = { url: string; headers: Record<string, string>; secrets: string[] };

export type Attempt = Failed & {
  ok: boolean;
  error: string | null;
  /** The beginning of what came back. */
  response: string | null;
  latencyMs: number;
};

const answerTimeoutMs = 15_000;
const keptBytes = 10_000;

/**
 * Calls a receiver once. The id and the body stay the same over all attempts of a message; the time is the attempt's
 * own and real, since receivers compare it with their clocks. Only 2xx is success, and no redirect is followed.
 */
export async function sendAttempt(
  fetch: Fetch,
  { url, headers, secrets }: Endpoint,
  message: { id: string; body: string },
  realNow: Date,
  timeoutMs = answerTimeoutMs,
): Promise<Attempt> {
  const startedAt = Date.now();
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: {
        ...headers,
        "content-type": "application/json",
        "user-agent": "DomIQ-Webhooks/1.0",
        "webhook-id": message.id,
        "webhook-timestamp": String(Math.floor(realNow.getTime() / 1000)),
        "webhook-signature": signaturesOf(secrets, message, realNow),
      },
      body: message.body,
      redirect: "manual",
      signal,
    });
    const latencyMs = Date.now() - startedAt;
    return { ...verdictOn(answer), response: await beginningOf(answer), latencyMs };
  } catch (error) {
    const latencyMs = Date.now() - startedAt;
    return { ...noAnswer(error, signal.aborted, timeoutMs), response: null, latencyMs };
  }
}

/** One signature for each secret that is still good, separated by spaces. */
function signaturesOf(secrets: string[], { id, body }: { id: string; body: string }, at: Date): string {
  return secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(" ");
}

function verdictOn({ status, headers, ok }: Response) {
  const isRedirect = status >= 300 && status < 400;
  return {
    ok,
    statusCode: status,
    timedOut: false,
    retryAfterMs: waitOf(headers),
    error: isRedirect ? "redirects are not followed" : null,
  };
}

function noAnswer(error: unknown, aborted: boolean, timeoutMs: number) {
  const timedOut = aborted || (error instanceof Error && error.name === "TimeoutError");
  const words = timedOut ? `no answer within ${timeoutMs / 1000} s` : "could not be reached";
  return { ok: false, statusCode: null, timedOut, retryAfterMs: null, error: words };
}

/** At most the first ten kilobytes; the rest is not waited for. What breaks off is kept as far as it came. */
async function beginningOf(answer: Response): Promise<string> {
  const reader = answer.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let left = keptBytes; reader && left > 0;) {
    const chunk = await reader.read().catch(() => null);
    if (!chunk?.value) break;
    text += decoder.decode((chunk.value as Uint8Array).subarray(0, left), { stream: true });
    left -= chunk.value.length;
  }
  await reader?.cancel().catch(() => {});
  return text;
}
