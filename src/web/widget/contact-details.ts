import type { FieldComplaint } from "./api.ts";

export const contactFields = ["first_name", "last_name", "email", "phone"] as const;
export type ContactField = (typeof contactFields)[number];
export type ContactDetails = Record<ContactField, string>;

export type ContactProblems = Partial<Record<ContactField, string>>;

/** What is still missing before it is worth sending; whether the values are good is the server's to say. */
export function missingDetails(
  details: ContactDetails,
  words: { required: string; emailOrPhone: string },
): ContactProblems {
  const problems: ContactProblems = {};
  for (const field of ["first_name", "last_name"] as const)
    if (!details[field].trim()) problems[field] = words.required;
  if (!details.email.trim() && !details.phone.trim()) problems.email = words.emailOrPhone;
  return problems;
}

/** The fields that were filled in, trimmed: an empty one is not sent. */
export function filledDetails(details: ContactDetails): Partial<ContactDetails> {
  const filled = contactFields.map((field) => [field, details[field].trim()] as const);
  return Object.fromEntries(filled.filter(([, value]) => value !== ""));
}

/** Puts the server's complaints at their fields; null when it names none of ours. */
export function problemsOf(details: unknown): ContactProblems | null {
  if (!Array.isArray(details)) return null;
  const problems: ContactProblems = {};
  for (const { field, message } of details as Partial<FieldComplaint>[]) {
    const name = contactFields.find((known) => known === field?.split(".").at(-1));
    if (name && message) problems[name] ??= message;
  }
  return Object.keys(problems).length > 0 ? problems : null;
}
