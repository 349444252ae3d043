import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import type { Pet, ProspectFields, Range } from "../pms.ts";
import { xmlLine } from "./mits-xml.ts";

/** Lengths of MITS Lead Management 4.0. */
export const lengths = {
  name: 50,
  phone: 20,
  email: 80,
  comment: 1000,
  petDescription: 50,
  comments: 5,
} as const;

/** How these fields will be read back after a write: cut, rounded and spelled the way MITS can hold them. */
export function asStored(fields: ProspectFields): ProspectFields {
  return {
    firstName: xmlLine(fields.firstName, lengths.name),
    lastName: xmlLine(fields.lastName, lengths.name),
    email: storedEmail(fields.email),
    phone: storedPhone(fields.phone),
    moveInDate: fields.moveInDate,
    rent: range(fields.rent, toCents, toCents),
    bedrooms: range(fields.bedrooms, Math.floor, Math.ceil),
    bathrooms: range(fields.bathrooms, Math.floor, Math.ceil),
    leaseMonths: fields.leaseMonths,
    occupantsCount: fields.occupantsCount,
    floorplan: line(fields.floorplan),
    unitNumber: line(fields.unitNumber),
    pets: fields.pets === null || fields.pets.length === 0 ? null : fields.pets.map(storedPet),
  };
}

/** The fields where we know something else than ResMan holds. What we do not know is never a difference. */
export function changedFields(ours: ProspectFields, theirs: ProspectFields): (keyof ProspectFields)[] {
  const mine = comparable(asStored(ours));
  const held = comparable(asStored(theirs));
  return (Object.keys(mine) as (keyof ProspectFields)[]).filter(
    (field) => mine[field] !== null && JSON.stringify(mine[field]) !== JSON.stringify(held[field]),
  );
}

/** E.164 of a possible number, read as a US one where it has no country; otherwise the text as it stands. */
export function phoneIn(text: string | null | undefined): string | null {
  if (!text?.trim()) return null;
  const number = parsePhoneNumberFromString(text, "US");
  return number?.isPossible() ? number.number : text.trim();
}

/** US numbers the way ResMan's users write them, others in E.164; undefined where it does not fit. */
export function phoneOut(phone: string | null): string | undefined {
  if (phone === null) return undefined;
  const number = parsePhoneNumberFromString(phone, "US");
  const text =
    number?.country === "US" ? number.formatNational().replace(/ ext\..*$/, "") : (number?.number ?? phone);
  return text.length <= lengths.phone && text.trim() !== "" ? text.trim() : undefined;
}

function comparable(fields: ProspectFields): ProspectFields {
  return { ...fields, email: fields.email?.toLowerCase() ?? null };
}

function storedEmail(email: string | null): string | null {
  const text = xmlLine(email ?? "", lengths.email + 1);
  return text === "" || text.length > lengths.email ? null : text;
}

function storedPhone(phone: string | null): string | null {
  return phoneIn(phoneOut(phone));
}

function storedPet(pet: Pet): Pet {
  return {
    kind: pet.kind,
    count: Math.max(1, pet.count),
    description: line(pet.description, lengths.petDescription),
  };
}

function range(value: Range | null, low: (n: number) => number, high: (n: number) => number): Range | null {
  if (value === null || (value.min === null && value.max === null)) return null;
  return {
    min: value.min === null ? null : low(value.min),
    max: value.max === null ? null : high(value.max),
  };
}

function toCents(amount: number): number {
  return Math.round(amount * 100) / 100;
}

function line(text: string | null, length = 100): string | null {
  return xmlLine(text ?? "", length) || null;
}
