import parsePhoneNumber from "libphonenumber-js/min";
import * as z from "zod";

/** One line of text a person typed. */
export const shortText = z.string().trim().min(1, "must not be empty").max(200);

/** Several lines of text a person typed. */
export const longText = z.string().trim().min(1, "must not be empty").max(4000);

export const webUrl = z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).max(2000);

export const emailAddress = z.email("must be an e-mail address").max(254).toLowerCase();

/** A phone number in any usual form; numbers without a country are read as US. Kept as E.164. */
export const phoneNumber = z
  .string()
  .trim()
  .max(40)
  .transform((text, issue) => {
    const phone = parsePhoneNumber(text, "US");
    if (phone?.isPossible()) return phone.number as string;
    issue.addIssue({ code: "custom", message: "must be a phone number such as +1 312 555 0100" });
    return z.NEVER;
  });

/** An IANA time zone that this runtime knows. */
export const timeZone = z.string().refine(isTimeZone, "must be an IANA time zone such as America/Chicago");

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+)*$/.test(name);
  } catch {
    return false;
  }
}

export const hexColor = z.string().regex(/^#[0-9a-fA-F]{6}$/, "must be a colour such as #2E7D32");

/** Free JSON of a caller, bounded so that a row stays a row. */
export const freeJson = z
  .json()
  .refine((value) => JSON.stringify(value).length <= 16_384, "must be at most 16 KB of JSON")
  .refine((value) => depthOf(value) <= 10, "must be nested at most 10 deep");

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

/** `{id, deleted_at}`: what every DELETE answers. */
export const Archived = z.object({ id: z.string(), deleted_at: z.iso.datetime() }).meta({ id: "Archived" });

export function iso(at: Date): string;
export function iso(at: Date | null): string | null;
export function iso(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
