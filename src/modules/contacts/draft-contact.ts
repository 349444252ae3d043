import { invalidFields } from "../../core/errors.ts";
import { changes } from "../../core/scope.ts";
import type { Address, Consent, ContactValue, CustomFields } from "../../db/schema/contacts.ts";
import { fold } from "./contact-keys.ts";
import { displayNameOf, tidyValues, withPrimary } from "./contact-values.ts";
import { stageAt } from "./lifecycle.ts";
import type { ContactRow } from "./present.ts";
import type { ContactChanges, ContactDraft, ContactValueDraft } from "./schemas.ts";

/** What people say of a contact; the rest of the row is kept by us. */
export type Told = Pick<
  ContactRow,
  | "firstName"
  | "lastName"
  | "companyName"
  | "displayName"
  | "emails"
  | "phones"
  | "address"
  | "tags"
  | "notes"
  | "customFields"
  | "source"
  | "assignedTo"
  | "lifecycleStage"
>;

const nobody: Omit<Told, "displayName" | "lifecycleStage"> = {
  firstName: null,
  lastName: null,
  companyName: null,
  emails: [],
  phones: [],
  address: null,
  tags: [],
  notes: null,
  customFields: {},
  source: null,
  assignedTo: null,
};

/** A new contact from its draft. `now` dates consents. */
export function draftContact(draft: ContactDraft, now: Date): Told {
  const lifecycleStage = stageAt(draft.relationship_status, draft.lifecycle_stage, null);
  return changeContact({ ...nobody, displayName: "", lifecycleStage }, draft, now);
}

/** A contact after changes: absent fields stay, null clears. */
export function changeContact(before: Told, draft: ContactChanges, now: Date): Told {
  const changed: Told = {
    ...before,
    ...changes({
      firstName: draft.first_name,
      lastName: draft.last_name,
      companyName: draft.company_name,
      address: draft.address && addressOf(draft.address),
      tags: draft.tags && uniqueTags(draft.tags),
      notes: draft.notes,
      source: draft.source,
      assignedTo: draft.assigned_to,
      lifecycleStage: draft.lifecycle_stage,
    }),
    customFields: customFieldsOf(before.customFields, draft.custom_fields),
    emails: valuesOf(before.emails, draft.emails, draft.email, now),
    phones: valuesOf(before.phones, draft.phones, draft.phone, now),
  };
  return toldOf({ ...changed, displayName: displayNameOf(changed) });
}

/** What is told of a contact, without what we keep of it. */
export function toldOf(row: Told): Told {
  return {
    firstName: row.firstName,
    lastName: row.lastName,
    companyName: row.companyName,
    displayName: row.displayName,
    emails: row.emails,
    phones: row.phones,
    address: row.address,
    tags: row.tags,
    notes: row.notes,
    customFields: row.customFields,
    source: row.source,
    assignedTo: row.assignedTo,
    lifecycleStage: row.lifecycleStage,
  };
}

/** The list as it is told, consents kept where nothing new is said of them; `primary` is told beside or without it. */
function valuesOf(
  before: ContactValue[],
  list: ContactValueDraft[] | undefined,
  primary: string | null | undefined,
  now: Date,
): ContactValue[] {
  const told = list?.map((draft) => valueOf(before, draft, now));
  if (primary === undefined) return told ? tidyValues(told) : before;
  if (!told) return withPrimary(before, primary);
  if (primary === null) return tidyValues(told);
  const known = told.some(({ value }) => value === primary);
  return tidyValues(known ? told : [valueOf(before, { value: primary }, now), ...told], primary);
}

type ValueDraft = Pick<ContactValueDraft, "value"> & Partial<ContactValueDraft>;

function valueOf(before: ContactValue[], draft: ValueDraft, now: Date): ContactValue {
  const known = before.find(({ value }) => value === draft.value);
  const consent: Consent = draft.consent ?? known?.consent ?? "unknown";
  const isNews = consent !== (known?.consent ?? "unknown");
  return {
    value: draft.value,
    label: draft.label === undefined ? (known?.label ?? null) : draft.label,
    isPrimary: draft.is_primary ?? false,
    consent,
    consentAt: isNews ? (consent === "unknown" ? null : now.toISOString()) : (known?.consentAt ?? null),
  };
}

function addressOf(draft: NonNullable<ContactChanges["address"]>): Address {
  return {
    line1: draft.line1 ?? null,
    line2: draft.line2 ?? null,
    city: draft.city ?? null,
    state: draft.state ?? null,
    postalCode: draft.postal_code ?? null,
    country: draft.country ?? null,
  };
}

/** Tags that differ only in case or accents are one, as it was written first. */
export function uniqueTags(tags: string[]): string[] {
  const folded = tags.map(fold);
  return tags.filter((_tag, index) => folded.indexOf(folded[index] ?? "") === index);
}

const mostCustom = 65_536;

/** Throws where the custom fields together are more than a row of a list should carry. */
export function requireRoom({ customFields }: Pick<Told, "customFields">): void {
  if (JSON.stringify(customFields).length > mostCustom)
    throw invalidFields([{ field: "custom_fields", message: "must be at most 64 KB of JSON together" }]);
}

function customFieldsOf(before: CustomFields, said: CustomFields | undefined): CustomFields {
  return Object.fromEntries(Object.entries({ ...before, ...said }).filter(([, value]) => value !== null));
}

/** Addresses and numbers as plain lists, with the name: what two records are compared by. */
export function identityOf(contact: Pick<Told, "firstName" | "lastName" | "emails" | "phones">) {
  return {
    firstName: contact.firstName,
    lastName: contact.lastName,
    emails: contact.emails.map(({ value }) => value),
    phones: contact.phones.map(({ value }) => value),
  };
}
