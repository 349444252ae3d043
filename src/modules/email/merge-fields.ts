import { LiquidError } from "liquidjs";
import type { leads } from "../../db/schema/conversations.ts";
import type { properties } from "../../db/schema/properties.ts";
import { compileTemplate, readTemplate, type Values } from "./letter-template.ts";

type Lead = Pick<
  typeof leads.$inferSelect,
  "firstName" | "lastName" | "email" | "phone" | "moveInDate" | "bedrooms"
>;
type Property = Pick<
  typeof properties.$inferSelect,
  "name" | "address" | "city" | "state" | "zipCode" | "phone" | "email" | "websiteUrl"
>;

/** Every variable that is drawn from the lead and its property. */
export const mergeFields = [
  "first_name",
  "last_name",
  "full_name",
  "email",
  "phone",
  "move_in_date",
  "bedrooms",
  "property_name",
  "property_address",
  "property_phone",
  "property_email",
  "property_website",
  "company_name",
] as const;

export function isMergeField(name: string): boolean {
  return (mergeFields as readonly string[]).includes(name);
}

export function valuesOf(lead: Lead, property: Property, companyName: string): Values {
  const values: Record<(typeof mergeFields)[number], string | number | null> = {
    first_name: lead.firstName ?? "there",
    last_name: lead.lastName,
    full_name: nameOf(lead),
    email: lead.email,
    phone: lead.phone,
    move_in_date: lead.moveInDate,
    bedrooms: lead.bedrooms,
    property_name: property.name,
    property_address: addressOf(property),
    property_phone: property.phone,
    property_email: property.email,
    property_website: property.websiteUrl,
    company_name: companyName,
  };
  return values;
}

/** "Robin Field"; null for somebody who has not said a name. */
export function nameOf({ firstName, lastName }: Pick<Lead, "firstName" | "lastName">): string | null {
  return [firstName, lastName].filter(Boolean).join(" ") || null;
}

export function addressOf({ address, city, state, zipCode }: Property): string {
  return `${address}, ${city}, ${state} ${zipCode}`;
}

/** Somebody to show a letter with who is nobody. */
export const sampleLead: Lead = {
  firstName: "Robin",
  lastName: "Field",
  email: "robin.field@example.com",
  phone: "+13125550123",
  moveInDate: "2027-03-01",
  bedrooms: 2,
};

export type Complaint = { field: string; message: string };

/** What is wrong with texts that are to be filled with the merge fields and these variables: field by field, by name. */
export function complaintsOf(texts: Record<string, string>, ownVariables: string[]): Complaint[] {
  const known = [...mergeFields, ...ownVariables];
  return Object.entries(texts).flatMap(([field, text]): Complaint[] => {
    const message = complaintOf(text, known);
    return message === null ? [] : [{ field, message }];
  });
}

function complaintOf(text: string, known: string[]): string | null {
  const report = readTemplate(text);
  if ("problem" in report) return `is no template: ${report.problem}`;
  const unknown = report.variables.filter((name) => !known.includes(name));
  if (unknown.length > 0) return `unknown variables: ${unknown.join(", ")}; known are ${known.join(", ")}`;
  return trial(text, known);
}

/** Filters find some things out only when they are used. */
function trial(text: string, known: string[]): string | null {
  try {
    compileTemplate(text, "plain")(Object.fromEntries(known.map((name) => [name, "1"])));
    return null;
  } catch (error) {
    if (error instanceof LiquidError) return `is no template: ${error.message.split("\n")[0] ?? ""}`;
    throw error;
  }
}
