import { primaryOf, displayNameOf, tidyValues } from "./contact-values.ts";
import { type Told, uniqueTags } from "./draft-contact.ts";
import type { ContactRow } from "./present.ts";

/** Field to the contact whose value is wanted. */
export type Choices = Record<string, string>;

/** What a merge makes of one field. */
export type FieldReport = {
  field: string;
  value: unknown;
  /** The contacts the value comes from. */
  from: string[];
  /** What others have there that is not in the value. */
  alternatives: { contactId: string; value: unknown }[];
};

/** What a merge writes into the survivor. */
export type Merged = Told & Pick<ContactRow, "lastContacted">;

export type MergePlan = { merged: Merged; fields: FieldReport[]; warnings: string[] };

const plain = {
  first_name: "firstName",
  last_name: "lastName",
  company_name: "companyName",
  address: "address",
  source: "source",
  assigned_to: "assignedTo",
} as const;

const custom = "custom_fields.";

/** Choices that name no field one can choose, or no contact of the merge. */
export function badChoices(choices: Choices, ids: string[]) {
  const known = [...Object.keys(plain), "notes", "primary_email", "primary_phone"];
  return Object.entries(choices).flatMap(([field, id]) => {
    const isKnown = known.includes(field) || field.startsWith(custom);
    const said = (message: string) => [{ field: `fields.${field}`, message, steps: ["fields", field] }];
    if (!isKnown) return said(`choose among ${known.join(", ")}, ${custom}*`);
    return ids.includes(id) ? [] : said("names no contact of this merge");
  });
}

/**
 * What becomes of the survivor. Lists are united without repeats; of single fields the chosen value counts, else the
 * survivor's, else the first there is. Notes are put one after another. Status and stage stay the survivor's.
 */
export function planMerge(primary: ContactRow, secondaries: ContactRow[], choices: Choices): MergePlan {
  const all = [primary, ...secondaries];
  const reports: FieldReport[] = [];
  const pick = <Value>(field: string, read: (row: ContactRow) => Value | null): Value | null => {
    const chosen = all.find((row) => row.id === choices[field]);
    const value = chosen ? read(chosen) : (all.map(read).find((held) => held !== null) ?? null);
    reports.push(reportOf(field, value, all, read));
    return value;
  };
  const single = Object.fromEntries(
    Object.entries(plain).map(([field, column]) => [column, pick(field, (row) => row[column])]),
  ) as Pick<Told, (typeof plain)[keyof typeof plain]>;
  const told = {
    ...single,
    notes: choices["notes"] ? pick("notes", (row) => row.notes) : joinedNotes(all, reports),
    emails: tidyValues(
      all.flatMap((row) => row.emails),
      pick("primary_email", (row) => primaryOf(row.emails)),
    ),
    phones: tidyValues(
      all.flatMap((row) => row.phones),
      pick("primary_phone", (row) => primaryOf(row.phones)),
    ),
    tags: uniqueTags(all.flatMap((row) => row.tags)),
    customFields: Object.fromEntries(
      [...new Set(all.flatMap((row) => Object.keys(row.customFields)))].map((name) => [
        name,
        pick(custom + name, (row) => row.customFields[name] ?? null),
      ]),
    ),
    lifecycleStage: primary.lifecycleStage,
  };
  return {
    merged: { ...told, displayName: displayNameOf(told), lastContacted: latestContact(all) },
    fields: reports.filter(({ from }) => from.length > 0),
    warnings: secondaries
      .filter((row) => row.relationshipStatus !== primary.relationshipStatus)
      .map(
        (row) =>
          `${row.displayName} is ${row.relationshipStatus}; the merged contact stays ${primary.relationshipStatus}`,
      ),
  };
}

function reportOf(
  field: string,
  value: unknown,
  all: ContactRow[],
  read: (row: ContactRow) => unknown,
): FieldReport {
  const isIt = (row: ContactRow) => JSON.stringify(read(row)) === JSON.stringify(value);
  return {
    field,
    value,
    from: value === null ? [] : all.filter(isIt).map(({ id }) => id),
    alternatives: all
      .filter((row) => read(row) !== null && !isIt(row))
      .map((row) => ({ contactId: row.id, value: read(row) })),
  };
}

function joinedNotes(all: ContactRow[], reports: FieldReport[]): string | null {
  const said = all.filter((row) => row.notes !== null);
  const value = [...new Set(said.map((row) => row.notes))].join("\n\n") || null;
  reports.push({ field: "notes", value, from: said.map(({ id }) => id), alternatives: [] });
  return value;
}

function latestContact(all: ContactRow[]): Date | null {
  const times = all.flatMap(({ lastContacted }) => (lastContacted ? [lastContacted.getTime()] : []));
  return times.length > 0 ? new Date(Math.max(...times)) : null;
}

/** The fields in which choices would replace what the survivor says with another's word. */
export function overwrittenBy(choices: Choices, plan: MergePlan, primary: ContactRow): string[] {
  return plan.fields
    .filter(({ field, alternatives }) => {
      const isChosen = choices[field] !== undefined && choices[field] !== primary.id;
      return isChosen && alternatives.some(({ contactId }) => contactId === primary.id);
    })
    .map(({ field }) => field);
}
