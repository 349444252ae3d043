import * as z from "zod";
import { readJson } from "../read-json.ts";
import { callVendor, type Fetch } from "../vendor.ts";

export type CalendlyAccess = {
  fetch: Fetch;
  /** Without a slash at the end, e.g. `https://api.calendly.com`. */
  baseUrl: string;
  token: string;
};

const User = z.object({
  resource: z.object({ uri: z.string(), name: z.string(), current_organization: z.string() }),
});

/** Whose token it is, and the URI of the organization it speaks for. */
export async function getCurrentUser({ fetch, baseUrl, token }: CalendlyAccess) {
  const { resource } = await callVendor({
    fetch,
    vendor: "Calendly",
    url: `${baseUrl}/users/me`,
    method: "GET",
    headers: { Authorization: `Bearer ${token}` },
    timeoutMs: 15_000,
    secrets: [token],
    parse: (answer) => readJson("Calendly", answer, User),
  });
  return { name: resource.name, organizationUri: resource.current_organization };
}
