import type * as z from "zod";
import { callVendor, type Fetch, UpstreamError, type VendorAnswer } from "../vendor.ts";
import { readXml } from "./mits-xml.ts";
import { Envelope } from "./schemas.ts";

export type ResmanAccess = {
  fetch: Fetch;
  /** Without a slash at the end, e.g. `https://api.myresman.com`. */
  baseUrl: string;
  partnerId: string;
  apiKey: string;
  accountId: string;
  propertyId: string;
};

type Method<Schema extends z.ZodType> = {
  path: `${string}/${string}`;
  /** MITS methods answer in XML whatever is asked for, the others in JSON. */
  format: "xml" | "json";
  schema: Schema;
  /** Most methods speak of one property, a few of the whole account. */
  scope?: "property" | "account";
  fields?: Record<string, string>;
  timeoutMs?: number;
};

const vendor = "ResMan";
const timeoutMs = 15_000;

/** One v1 call: a form POST with the credentials in its body; failures come as HTTP 200 with a status inside. */
export async function callResman<Schema extends z.ZodType>(
  access: ResmanAccess,
  method: Method<Schema>,
): Promise<z.output<Schema>> {
  return callVendor({
    fetch: access.fetch,
    vendor,
    url: `${access.baseUrl}/${method.path}`,
    method: "POST",
    headers: {
      "Content-Type": "application/x-www-form-urlencoded",
      Accept: method.format === "xml" ? "application/xml" : "application/json",
    },
    body: new URLSearchParams({
      IntegrationPartnerID: access.partnerId,
      ApiKey: access.apiKey,
      AccountID: access.accountId,
      ...(method.scope === "account" ? {} : { PropertyID: access.propertyId }),
      ...method.fields,
    }).toString(),
    timeoutMs: method.timeoutMs ?? timeoutMs,
    secrets: [access.apiKey],
    parse: (answer) => readAnswer(method, answer),
  });
}

/** ResMan's text when a source or lost-reason id is not one of the property's. */
export function isUnknownSource(error: unknown): boolean {
  return (
    error instanceof UpstreamError &&
    error.kind === "refused" &&
    /transaction source could not be found/i.test(error.detail)
  );
}

/** A search window returned more than ResMan's gateway can carry. */
export function isTooMuch(error: unknown): boolean {
  return error instanceof UpstreamError && error.status === 502 && /buffer overflow/i.test(error.detail);
}

function readAnswer<Schema extends z.ZodType>(
  method: Method<Schema>,
  answer: VendorAnswer,
): z.output<Schema> {
  const document = decode(method.format, answer);
  const envelope = Envelope.safeParse(envelopeOf(method.format, document));
  if (!envelope.success) throw failure("unexpected", answer, `no envelope in the answer to ${method.path}`);
  if (envelope.data.Status !== "Success") throw refusal(answer, envelope.data);
  const read = method.schema.safeParse(document);
  if (!read.success) throw failure("unexpected", answer, `${method.path}: ${read.error.message}`);
  return read.data;
}

function decode(format: "xml" | "json", answer: VendorAnswer): unknown {
  try {
    return format === "xml" ? readXml(answer.text) : JSON.parse(answer.text);
  } catch (error) {
    throw failure("unreadable", answer, `${String(error)}: ${answer.text}`);
  }
}

function envelopeOf(format: "xml" | "json", document: unknown): unknown {
  if (format === "json") return document;
  return typeof document === "object" && document !== null && "ResMan" in document ? document.ResMan : null;
}

/**
 * No catalogue of refusals is published, so one cannot tell the passing from the lasting: all may be retried, within
 * the caller's bounds, except the one known to need a person to mend the mapping.
 */
function refusal(answer: VendorAnswer, envelope: z.output<typeof Envelope>): UpstreamError {
  const detail = `${envelope.Status ?? "no status"}: ${envelope.ErrorDescription ?? "no description"}`;
  const error = failure("refused", answer, detail);
  return isUnknownSource(error) ? failure("refused", answer, detail, false) : error;
}

function failure(
  kind: "refused" | "unreadable" | "unexpected",
  answer: VendorAnswer,
  detail: string,
  retryable = kind !== "unexpected",
): UpstreamError {
  return new UpstreamError({ vendor, kind, status: answer.status, detail, retryable });
}
