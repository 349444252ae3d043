import * as z from "zod";
import { readJson } from "../read-json.ts";
import { callVendor, type Fetch } from "../vendor.ts";

export type OpenaiAccess = {
  fetch: Fetch;
  /** Without a slash at the end, e.g. `https://api.openai.com`. */
  baseUrl: string;
  apiKey: string;
};

const Models = z.object({ data: z.array(z.object({ id: z.string() })) });

/** Which models the key may use. Costs nothing: the cheapest question that needs a good key. */
export async function listModels({ fetch, baseUrl, apiKey }: OpenaiAccess): Promise<string[]> {
  const { data } = await callVendor({
    fetch,
    vendor: "OpenAI",
    url: `${baseUrl}/v1/models`,
    method: "GET",
    headers: { Authorization: `Bearer ${apiKey}` },
    timeoutMs: 15_000,
    secrets: [apiKey],
    parse: (answer) => readJson("OpenAI", answer, Models),
  });
  return data.map(({ id }) => id);
}
