import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { at, json, stamps } from "./columns.ts";

export const consents = ["unknown", "granted", "denied"] as const;
export type Consent = (typeof consents)[number];

/** One e-mail address or phone number with what the person said to being written to there. */
export type ContactValue = {
  /** Lower-case address, or number in E.164. */
  value: string;
  label: string | null;
  isPrimary: boolean;
  consent: Consent;
  /** When the consent was given or taken back, ISO 8601; null while unknown. */
  consentAt: string | null;
};

export type Address = {
  line1: string | null;
  line2: string | null;
  city: string | null;
  state: string | null;
  postalCode: string | null;
  country: string | null;
};

export type CustomFields = Record<string, unknown>;

/** People a company knows, whichever property they came by. Status and stage are projected from the status engine. */
export const contacts = sqliteTable(
  "contacts",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    firstName: text("first_name"),
    lastName: text("last_name"),
    companyName: text("company_name"),
    /** What the person is called in lists, drawn from the other fields. */
    displayName: text("display_name").notNull(),
    emails: json<ContactValue[]>("emails").notNull(),
    phones: json<ContactValue[]>("phones").notNull(),
    address: json<Address>("address"),
    tags: json<string[]>("tags").notNull(),
    notes: text("notes"),
    customFields: json<CustomFields>("custom_fields").notNull(),
    source: text("source"),
    assignedTo: text("assigned_to"),
    relationshipStatus: text("relationship_status").notNull(),
    lifecycleStage: text("lifecycle_stage").notNull(),
    /** The transition of the status machine this row has followed; 0 before the first. */
    statusSeq: integer("status_seq").notNull().default(0),
    lastContacted: at("last_contacted"),
    /** The contact that lives on, where this one was archived by a merge. */
    mergedInto: text("merged_into"),
    ...stamps(),
  },
  (table) => [
    index("contacts_by_created").on(table.companyId, table.createdAt, table.id),
    index("contacts_by_updated").on(table.companyId, table.updatedAt, table.id),
    index("contacts_by_name").on(table.companyId, table.displayName, table.id),
    index("contacts_by_last_contacted").on(table.companyId, table.lastContacted, table.id),
    index("contacts_by_status").on(table.companyId, table.relationshipStatus, table.createdAt, table.id),
    index("contacts_by_stage").on(table.companyId, table.lifecycleStage, table.createdAt, table.id),
    index("contacts_by_assignee").on(table.companyId, table.assignedTo, table.createdAt, table.id),
  ],
);

/** What a live contact is found by, normalised. Rewritten with its row in one batch; an archived contact has none. */
export const contactKeys = sqliteTable(
  "contact_keys",
  {
    companyId: text("company_id").notNull(),
    kind: text("kind", {
      enum: ["email", "phone", "last_name", "tag", "name", "mail_part", "digits", "digits_end"],
    }).notNull(),
    key: text("key").notNull(),
    contactId: text("contact_id").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.companyId, table.kind, table.key, table.contactId] }),
    index("contact_keys_by_contact").on(table.companyId, table.contactId),
  ],
);

export const interactionTypes = [
  "call",
  "email",
  "meeting",
  "proposal",
  "quote",
  "contract",
  "service",
  "follow_up",
  "note",
] as const;

export const contactInteractions = sqliteTable(
  "contact_interactions",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    contactId: text("contact_id").notNull(),
    type: text("type", { enum: interactionTypes }).notNull(),
    description: text("description").notNull(),
    outcome: text("outcome"),
    nextAction: text("next_action"),
    scheduledFollowUp: at("scheduled_follow_up"),
    at: at("timestamp").notNull(),
    performedBy: text("performed_by").notNull(),
    performedById: text("performed_by_id").notNull(),
  },
  (table) => [
    index("contact_interactions_by_contact").on(table.companyId, table.contactId, table.at, table.id),
  ],
);

/** Journal of merges: what was, what was chosen and what came of it, so that it can be undone. */
export const contactMerges = sqliteTable(
  "contact_merges",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    primaryId: text("primary_id").notNull(),
    secondaryIds: json<string[]>("secondary_ids").notNull(),
    choices: json<Record<string, string>>("choices").notNull(),
    /** Rows of the contacts before the merge, the survivor's first. Null once the time to undo is over. */
    before: json<unknown[]>("before"),
    /** The survivor's row after it. */
    after: json<unknown>("after"),
    mergedBy: text("merged_by").notNull(),
    mergedById: text("merged_by_id").notNull(),
    mergedAt: at("merged_at").notNull(),
    undoneBy: text("undone_by"),
    undoneById: text("undone_by_id"),
    undoneAt: at("undone_at"),
  },
  (table) => [
    index("contact_merges_by_time").on(table.companyId, table.mergedAt, table.id),
    index("contact_merges_by_primary").on(table.companyId, table.primaryId, table.mergedAt),
    index("contact_merges_kept")
      .on(table.mergedAt)
      .where(sql`${table.before} is not null`),
  ],
);

/** Which records a merge gave to the survivor, and whose they were. */
export const contactMergeMoves = sqliteTable(
  "contact_merge_moves",
  {
    companyId: text("company_id").notNull(),
    mergeId: text("merge_id").notNull(),
    kind: text("kind", { enum: ["lead", "interaction", "user"] }).notNull(),
    recordId: text("record_id").notNull(),
    fromContactId: text("from_contact_id").notNull(),
  },
  (table) => [primaryKey({ columns: [table.companyId, table.mergeId, table.kind, table.recordId] })],
);
