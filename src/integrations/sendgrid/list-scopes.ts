import { z } from "zod";
import { callVendor, UpstreamError } from "../vendor.ts";
import type { SendgridAccess } from "./client.ts";

const Scopes = z.object({ scopes: z.array(z.string()) });

/** What the key may do, such as `mail.send`. Reads only: the cheapest question that needs a good key. */
export async function listScopes({ fetch, baseUrl, apiKey }: SendgridAccess): Promise<string[]> {
  return callVendor({
    fetch,
    vendor: "SendGrid",
    url: `${baseUrl}/v3/scopes`,
    method: "GET",
    headers: { Authorization: `Bearer ${apiKey}` },
    timeoutMs: 15_000,
    secrets: [apiKey],
    parse: ({ status, text }) => {
      const answer = z.string().transform(readJson).pipe(Scopes).safeParse(text);
      if (answer.success) return answer.data.scopes;
      const detail = `scopes: ${answer.error.message}`;
      throw new UpstreamError({ vendor: "SendGrid", kind: "unexpected", status, detail, retryable: false });
    },
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
