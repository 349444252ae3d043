import type { Consent, ContactValue } from "../../db/schema/contacts.ts";

/** The values without repeats, exactly one of them primary: the one named, else the first that says so, else the first. */
export function tidyValues(
  values: ContactValue[],
  primary: string | null = primaryOf(values),
): ContactValue[] {
  const united = new Map<string, ContactValue>();
  for (const said of values) {
    const known = united.get(said.value);
    united.set(said.value, known ? unite(known, said) : said);
  }
  const chosen = primary !== null && united.has(primary) ? primary : values[0]?.value;
  return [...united.values()].map((value) => ({ ...value, isPrimary: value.value === chosen }));
}

/** The same value told twice: the first label, the stricter consent. Silence is no consent and no refusal. */
function unite(known: ContactValue, said: ContactValue): ContactValue {
  const stricter = strictness[said.consent] > strictness[known.consent] ? said : known;
  return {
    ...known,
    label: known.label ?? said.label,
    consent: stricter.consent,
    consentAt: stricter.consentAt,
  };
}

const strictness: Record<Consent, number> = { unknown: 0, granted: 1, denied: 2 };

export function primaryOf(values: ContactValue[]): string | null {
  return (values.find((value) => value.isPrimary) ?? values[0])?.value ?? null;
}

export function aValue(value: string): ContactValue {
  return { value, label: null, isPrimary: false, consent: "unknown", consentAt: null };
}

/** The values with another primary one: known already, in place of the present one, or none at all. */
export function withPrimary(values: ContactValue[], primary: string | null): ContactValue[] {
  const present = primaryOf(values);
  if (primary === null) return tidyValues(values.filter(({ value }) => value !== present));
  if (values.some(({ value }) => value === primary)) return tidyValues(values, primary);
  const replaced = values.map((value) =>
    value.value === present ? { ...aValue(primary), label: value.label } : value,
  );
  return tidyValues(present === null ? [aValue(primary)] : replaced, primary);
}

type Named = {
  firstName: string | null;
  lastName: string | null;
  companyName: string | null;
  emails: ContactValue[];
  phones: ContactValue[];
};

/** "Nora Field", or what else the person can be called by. */
export function displayNameOf({ firstName, lastName, companyName, emails, phones }: Named): string {
  const name = [firstName, lastName].filter(Boolean).join(" ");
  return name || companyName || primaryOf(emails) || primaryOf(phones) || "Unnamed contact";
}
