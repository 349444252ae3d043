import * as z from "zod";

/** The origin of a web address, or null for what is none. */
export function originOf(address: string): string | null {
  const url = URL.parse(address);
  return url && /^https?:$/.test(url.protocol) ? url.origin : null;
}

/** A page's origin exactly as browsers send it: scheme, host, and the port where it is not the usual one. */
export const WebOrigin = z
  .string()
  .trim()
  .max(300)
  .transform((text, issue) => {
    const origin = originOf(text);
    const isBare = origin !== null && /^https?:\/\/[^/?#@*\s]+\/?$/i.test(text);
    if (isBare) return origin;
    issue.addIssue({
      code: "custom",
      message: "must be an origin such as https://www.maple.example, without a path",
    });
    return z.NEVER;
  });

/** Whether a page may speak for the property. A call without an origin comes from no browser page. */
export function isWelcome(origin: string | null, allowedOrigins: string[], appOrigin: string): boolean {
  return origin === null || origin === originOf(appOrigin) || allowedOrigins.includes(origin);
}
