import * as z from "zod";
import { readJson } from "../read-json.ts";
import { callVendor } from "../vendor.ts";
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
    parse: (answer) => readJson("SendGrid", answer, Scopes).scopes,
  });
}
