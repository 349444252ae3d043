import * as z from "zod";
import { emailAddress, freeJson, longText, phoneNumber, shortText } from "../../core/fields.ts";
import { instant } from "../../core/page.ts";
import { consents, interactionTypes } from "../../db/schema/contacts.ts";
import { Lead } from "../leads/schemas.ts";
import { lifecycleStages, relationshipStatuses } from "./lifecycle.ts";

export const ContactId = z.object({ contact_id: z.string() });

/** Text that may be left out; an empty one says nothing. */
const maybeText = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .transform((text) => text || null)
    .nullable()
    .optional();

const valueDraft = <Value extends z.ZodType<string>>(value: Value) =>
  z.object({
    value,
    label: maybeText(50),
    is_primary: z.boolean().default(false),
    consent: z.enum(consents).optional().describe("To being written to there; absent leaves what is known"),
  });
export type ContactValueDraft = z.infer<ReturnType<typeof valueDraft<typeof emailAddress>>>;

const AddressDraft = z.object({
  line1: maybeText(200),
  line2: maybeText(200),
  city: maybeText(100),
  state: maybeText(100),
  postal_code: maybeText(20),
  country: maybeText(100),
});

const fields = {
  first_name: maybeText(200),
  last_name: maybeText(200),
  company_name: maybeText(200),
  email: emailAddress.nullable().optional().describe("The primary address; `emails` holds all"),
  phone: phoneNumber.nullable().optional().describe("The primary number; `phones` holds all"),
  emails: z.array(valueDraft(emailAddress)).max(20).optional(),
  phones: z.array(valueDraft(phoneNumber)).max(20).optional(),
  address: AddressDraft.nullable().optional(),
  tags: z.array(shortText.max(50)).max(50).optional(),
  notes: maybeText(10_000),
  custom_fields: z
    .record(z.string().min(1).max(64), freeJson)
    .optional()
    .describe("Fields named here change, null takes one away, others stay; together at most 64 KB"),
  source: maybeText(200),
  assigned_to: z.string().min(1).nullable().optional().describe("A property manager of the company"),
  lifecycle_stage: z.enum(lifecycleStages).optional(),
};

export const ContactDraft = z
  .object({ ...fields, relationship_status: z.enum(relationshipStatuses).default("prospect") })
  .refine(
    (draft) =>
      [draft.first_name, draft.last_name, draft.company_name, draft.email, draft.phone].some(Boolean) ||
      [draft.emails, draft.phones].some((values) => values !== undefined && values.length > 0),
    { path: ["__root__"], error: "a contact needs a name, an e-mail address or a phone number" },
  )
  .meta({
    example: {
      first_name: "Nora",
      last_name: "Field",
      emails: [{ value: "nora.field@example.test", label: "home", consent: "granted" }],
      phones: [{ value: "+13125550123", label: "mobile" }],
      tags: ["two-bedroom"],
    },
  });
export type ContactDraft = z.infer<typeof ContactDraft>;

export const CreateQuery = z.object({
  allow_duplicate: z
    .stringbool({
      truthy: ["true", "t", "1", "yes", "y", "on"],
      falsy: ["false", "f", "0", "no", "n", "off"],
    })
    .default(false)
    .describe("Create even where it looks like a contact there is"),
});

export const ContactChanges = z
  .object({
    ...fields,
    relationship_status: z
      .enum(relationshipStatuses)
      .optional()
      .describe("May be sent as it is; it changes by PUT …/status"),
  })
  .meta({ example: { last_name: "Fields", tags: ["two-bedroom", "vip"] } });
export type ContactChanges = z.infer<typeof ContactChanges>;

/** A whole number in a query; "", "1e1" and "0x10" are none. */
const counted = <Count extends z.ZodType>(count: Count) =>
  z.preprocess(
    (text) => (typeof text === "string" && /^[+-]?\d+$/.test(text.trim()) ? Number(text) : text),
    count,
  );

/** Lists of this dialect count by `skip` and `limit`, not by pages. */
export const Slice = z.object({
  skip: counted(z.int().min(0).max(1_000_000).default(0)),
  limit: counted(z.int().min(1).max(100).default(50)),
});
export type Slice = z.infer<typeof Slice>;

const sorts = ["created_at", "updated_at", "display_name", "last_contacted"] as const;

export const ContactQuery = Slice.extend({
  q: shortText.optional().describe("Part of a name, an address, or a number in any notation"),
  relationship_status: z.enum(relationshipStatuses).optional(),
  lifecycle_stage: z.enum(lifecycleStages).optional(),
  email: emailAddress.optional(),
  phone: phoneNumber.optional(),
  tag: shortText.optional(),
  assigned_to: z.string().min(1).optional(),
  from: instant.optional().describe("Created at or after"),
  to: instant.optional().describe("Created before"),
  sort: z.enum(sorts.flatMap((sort) => [sort, `-${sort}`] as const)).default("-created_at"),
});
export type ContactQuery = z.infer<typeof ContactQuery>;

export const SearchQuery = Slice.extend({
  q: z.string().trim().min(2).max(200).describe("Part of a name, an address, or a number in any notation"),
});
export type SearchQuery = z.infer<typeof SearchQuery>;

const ContactValue = z
  .object({
    value: z.string(),
    label: z.string().nullable(),
    is_primary: z.boolean(),
    consent: z.enum(consents),
    consent_at: z.iso.datetime().nullable(),
  })
  .meta({ id: "ContactValue" });

export const Contact = z
  .object({
    id: z.string(),
    company_id: z.string(),
    display_name: z.string(),
    first_name: z.string().nullable(),
    last_name: z.string().nullable(),
    company_name: z.string().nullable(),
    email: z.string().nullable().describe("The primary one of `emails`"),
    phone: z.string().nullable().describe("The primary one of `phones`, E.164"),
    emails: z.array(ContactValue),
    phones: z.array(ContactValue),
    address: z
      .object({
        line1: z.string().nullable(),
        line2: z.string().nullable(),
        city: z.string().nullable(),
        state: z.string().nullable(),
        postal_code: z.string().nullable(),
        country: z.string().nullable(),
      })
      .nullable(),
    tags: z.array(z.string()),
    notes: z.string().nullable(),
    custom_fields: z.record(z.string(), z.json()),
    source: z.string().nullable(),
    assigned_to: z.string().nullable(),
    relationship_status: z
      .string()
      .describe(`${relationshipStatuses.join(", ")}, or a status of the company's own contact workflow`),
    lifecycle_stage: z.enum(lifecycleStages),
    last_contacted: z.iso.datetime().nullable(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: "Contact" });

const slice = { total: z.int(), skip: z.int(), limit: z.int() };

export const ContactList = z.object({ contacts: z.array(Contact), ...slice }).meta({ id: "ContactList" });

export const InteractionDraft = z
  .object({
    type: z.enum(interactionTypes),
    description: longText,
    outcome: maybeText(4000),
    next_action: maybeText(4000),
    scheduled_follow_up: instant.nullable().optional(),
  })
  .meta({
    example: {
      type: "call",
      description: "Discussed move-in dates and the pet policy",
      outcome: "Wants to see a two bedroom",
      next_action: "Send the floor plans",
      scheduled_follow_up: "2026-12-15T10:00:00Z",
    },
  });
export type InteractionDraft = z.infer<typeof InteractionDraft>;

export const Interaction = z
  .object({
    id: z.string(),
    contact_id: z.string(),
    type: z.enum(interactionTypes),
    description: z.string(),
    timestamp: z.iso.datetime(),
    outcome: z.string().nullable(),
    next_action: z.string().nullable(),
    scheduled_follow_up: z.iso.datetime().nullable(),
    performed_by: z.string().describe("Display name"),
    performed_by_id: z.string(),
  })
  .meta({ id: "ContactInteraction" });

export const InteractionList = z
  .object({ interactions: z.array(Interaction).describe("Newest first"), ...slice })
  .meta({ id: "ContactInteractionList" });

export const ContactLeads = z
  .object({ leads: z.array(Lead).describe("At properties you see, the latest active first"), ...slice })
  .meta({ id: "ContactLeads" });

export const StatusUpdate = z
  .object({
    relationship_status: z.enum(relationshipStatuses),
    lifecycle_stage: z.enum(lifecycleStages).nullable().optional().describe("Absent: as the status has it"),
    reason: maybeText(1000),
    notes: maybeText(4000),
  })
  .meta({
    example: {
      relationship_status: "qualified_lead",
      lifecycle_stage: "interest",
      reason: "Confirmed budget and timeline",
    },
  });
export type StatusUpdate = z.infer<typeof StatusUpdate>;

const stages = {
  old_status: z.string().nullable(),
  new_status: z.string(),
  old_lifecycle_stage: z.string().nullable(),
  new_lifecycle_stage: z.string(),
  changed_by: z.string().describe("Display name"),
  timestamp: z.iso.datetime(),
  reason: z.string().nullable(),
};

export const StatusUpdated = z
  .object({ contact_id: z.string(), ...stages })
  .meta({ id: "ContactStatusUpdated" });

export const StatusHistory = z
  .object({
    history: z
      .array(z.object({ id: z.string(), ...stages, changed_by_id: z.string(), notes: z.string().nullable() }))
      .describe("Newest first"),
    ...slice,
  })
  .meta({ id: "ContactStatusHistory" });
