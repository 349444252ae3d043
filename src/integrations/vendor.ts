export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * How a call failed.
 * `network` and `timeout`: no whole answer came, the work may or may not have been done.
 * `http`: an answer with a status other than 2xx. `refused`: a well-formed answer that says no.
 * `unreadable`: not the format agreed on (a proxy's page, say). `unexpected`: the right format, another shape.
 */
export type FailureKind = "network" | "timeout" | "http" | "refused" | "unreadable" | "unexpected";

type Failure = {
  vendor: string;
  kind: FailureKind;
  /** HTTP status, null where no answer came. */
  status: number | null;
  /** For the log, never for a caller; cut and free of credentials. */
  detail: string;
  /** False where trying again unattended cannot mend it. */
  retryable: boolean;
  retryAfterMs?: number | null;
};

/** A vendor did not do what was asked. `message` and `publicMessage` are safe to show. */
export class UpstreamError extends Error {
  readonly vendor: string;
  readonly kind: FailureKind;
  readonly status: number | null;
  readonly publicMessage: string;
  readonly detail: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;

  constructor(failure: Failure) {
    const publicMessage = `${failure.vendor} ${sayings[failure.kind]}`;
    super(publicMessage);
    this.name = "UpstreamError";
    this.vendor = failure.vendor;
    this.kind = failure.kind;
    this.status = failure.status;
    this.publicMessage = publicMessage;
    this.detail = failure.detail;
    this.retryable = failure.retryable;
    this.retryAfterMs = failure.retryAfterMs ?? null;
  }

  /** The vendor itself is down or drowning, as opposed to refusing this one request: what a circuit breaker counts. */
  get isOutage(): boolean {
    return (
      isNoAnswer(this.kind) || this.kind === "unreadable" || (this.status !== null && isBusy(this.status))
    );
  }
}

const sayings: Record<FailureKind, string> = {
  network: "could not be reached",
  timeout: "did not answer in time",
  http: "answered with an error",
  refused: "refused the request",
  unreadable: "sent an answer that could not be read",
  unexpected: "sent an answer of an unexpected shape",
};

export type VendorAnswer = { status: number; headers: Headers; text: string };

export type VendorCall<Result> = {
  fetch: Fetch;
  vendor: string;
  url: string;
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  headers?: Record<string, string>;
  body?: string;
  timeoutMs: number;
  /** Values that must not show up in an error, whatever the vendor echoes. */
  secrets?: string[];
  /** Other statuses whose answers say more than no, and go to `parse` too. */
  alsoReads?: readonly number[];
  /** Reads a 2xx answer; throws UpstreamError where it says no. */
  parse(answer: VendorAnswer): Result;
};

/** One call to a vendor: bounded in time, its answer parsed, every failure an UpstreamError. */
export async function callVendor<Result>(call: VendorCall<Result>): Promise<Result> {
  const answer = await exchange(call);
  const isRead = (answer.status >= 200 && answer.status <= 299) || call.alsoReads?.includes(answer.status);
  if (!isRead) {
    throw new UpstreamError({
      vendor: call.vendor,
      kind: "http",
      status: answer.status,
      detail: withoutSecrets(answer.text, call.secrets),
      retryable: isBusy(answer.status),
      retryAfterMs: waitOf(answer.headers),
    });
  }
  try {
    return call.parse(answer);
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    const { vendor, kind, status, retryable, retryAfterMs } = error;
    const detail = withoutSecrets(error.detail, call.secrets);
    throw new UpstreamError({ vendor, kind, status, retryable, retryAfterMs, detail });
  }
}

/** Counts the calls that go through, for pacing that charges afterwards. */
export function countingFetch(fetch: Fetch): { fetch: Fetch; calls(): number } {
  let count = 0;
  return {
    fetch: (url, init) => {
      count += 1;
      return fetch(url, init);
    },
    calls: () => count,
  };
}

async function exchange(call: VendorCall<unknown>): Promise<VendorAnswer> {
  const signal = AbortSignal.timeout(call.timeoutMs);
  try {
    const response = await call.fetch(call.url, {
      method: call.method,
      headers: call.headers ?? {},
      ...(call.body === undefined ? {} : { body: call.body }),
      // A redirect would carry the credentials to wherever it points.
      redirect: "manual",
      signal,
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    throw new UpstreamError({
      vendor: call.vendor,
      kind: signal.aborted ? "timeout" : "network",
      status: null,
      detail: withoutSecrets(String(error), call.secrets),
      retryable: true,
    });
  }
}

function isNoAnswer(kind: FailureKind): boolean {
  return kind === "network" || kind === "timeout";
}

function isBusy(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** Seconds or a date, as HTTP allows; null when absent or nonsense. */
export function waitOf(headers: Headers): number | null {
  const value = headers.get("Retry-After");
  if (value === null) return null;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

const detailLength = 500;

function withoutSecrets(text: string, secrets: string[] = []): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret === "") continue;
    for (const form of new Set([secret, encodeURIComponent(secret)])) clean = clean.replaceAll(form, "***");
  }
  return clean.slice(0, detailLength);
}
