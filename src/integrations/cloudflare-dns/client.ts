import * as z from "zod";
import { parseJson } from "../read-json.ts";
import { callVendor, type Fetch, UpstreamError, type VendorAnswer } from "../vendor.ts";

const vendor = "The name service";
const timeoutMs = 5000;

/** Types of records that hold addresses. */
const address = { A: 1, AAAA: 28 } as const;

/** https://developers.cloudflare.com/1.1.1.1/encryption/dns-over-https/make-api-requests/dns-json/ */
const Answer = z.object({
  Status: z.int(),
  Answer: z.array(z.object({ type: z.int(), data: z.string() })).optional(),
});

/**
 * The addresses a name leads to today, through whatever aliases; none where it leads nowhere. Throws UpstreamError when
 * the name service itself cannot be asked. A Worker has no other way to know where a `fetch` would go.
 */
export async function lookUpAddresses(fetch: Fetch, host: string): Promise<string[]> {
  const found = await Promise.all([lookUp(fetch, host, "A"), lookUp(fetch, host, "AAAA")]);
  return found.flat();
}

function lookUp(fetch: Fetch, host: string, type: keyof typeof address): Promise<string[]> {
  const question = new URLSearchParams({ name: host, type }).toString();
  return callVendor({
    fetch,
    vendor,
    url: `https://cloudflare-dns.com/dns-query?${question}`,
    method: "GET",
    headers: { accept: "application/dns-json" },
    timeoutMs,
    parse: (answer) => addressesIn(answer, address[type]),
  });
}

function addressesIn({ status, text }: VendorAnswer, type: number): string[] {
  const parsed = Answer.safeParse(parseJson(text));
  if (!parsed.success)
    throw new UpstreamError({ vendor, kind: "unexpected", status, detail: text, retryable: true });
  // Any code but 0 means that there is no answer to be had: no such name, or its own servers fail.
  if (parsed.data.Status !== 0) return [];
  return (parsed.data.Answer ?? []).filter((record) => record.type === type).map(({ data }) => data);
}
