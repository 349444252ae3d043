import parsePhoneNumber from "libphonenumber-js/min";
import type { contactKeys, ContactValue } from "../../db/schema/contacts.ts";

export type KeyKind = (typeof contactKeys.$inferSelect)["kind"];
export type ContactKey = { kind: KeyKind; key: string };

type Keyed = {
  firstName: string | null;
  lastName: string | null;
  companyName: string | null;
  emails: Pick<ContactValue, "value">[];
  phones: Pick<ContactValue, "value">[];
  tags: string[];
};

/** Everything a contact is found by: whole addresses and numbers, last name, tags, and the beginnings people search for. */
export function keysOf({ firstName, lastName, companyName, emails, phones, tags }: Keyed): ContactKey[] {
  const keys = [
    ...[firstName, lastName, companyName].flatMap((name) => as("name", wordsOf(name ?? ""))),
    ...as("last_name", [fold(lastName ?? "")]),
    ...emails.flatMap(({ value }) => [...as("email", [value]), ...as("mail_part", partsOf(value))]),
    ...phones.flatMap(({ value }) => [
      ...as("phone", [value]),
      ...as("digits", [digitsOf(value), nationalOf(value)]),
      ...as("digits_end", [reversed(digitsOf(value))]),
    ]),
    ...as("tag", tags.map(fold)),
  ];
  return [...new Map(keys.map((found) => [`${found.kind} ${found.key}`, found])).values()];
}

/** The keys by which two records are taken for one person. */
export function identityKeys(values: { emails: string[]; phones: string[] }): ContactKey[] {
  return [...as("email", values.emails), ...as("phone", values.phones)];
}

/** Where to look for one part of a search: keys of the kind that begin so. */
export type Probe = { kind: KeyKind; prefix: string };

const mostTerms = 5;

/** What a search asks for: each term must be met, by any of its probes. Empty when nothing can be looked for. */
export function termsOf(q: string): Probe[][] {
  const number = phoneProbes(q.trim());
  if (number) return [number];
  const tokens = q.trim().split(/\s+/);
  const isWord = (token: string) => /[\p{L}@]/u.test(token);
  const words = tokens.filter(isWord).map(wordProbes);
  const rest = tokens.filter((token) => !isWord(token));
  const digits = rest.map(digitsOf).join("");
  const numbers = digits === "" ? [] : [[...digitProbes(digits), ...probes(digits, ["name"])]];
  return [...words, ...numbers].filter((term) => term.length > 0).slice(0, mostTerms);
}

const phoneLike = /^[+(\d][\d\s().+/-]*(?:(?:x|ext\.?)\s*\d+)?$/i;

/** A number in any notation, whole or in part; null for anything else. */
function phoneProbes(q: string): Probe[] | null {
  if (!phoneLike.test(q)) return null;
  const parsed = parsePhoneNumber(q, "US");
  const digits = digitsOf(q.replace(/(?:x|ext\.?)\s*\d+$/i, "")).replace(/^0+/, "");
  const whole = parsed?.isPossible() ? probes(parsed.number, ["phone"]) : [];
  return digits.length < 3 ? null : [...whole, ...digitProbes(digits), ...probes(digits, ["name"])];
}

/** How a number begins, with or without its country, or how it ends. */
function digitProbes(digits: string): Probe[] {
  if (digits.length < 3) return [];
  return [...probes(digits, ["digits"]), ...probes(reversed(digits), ["digits_end"])];
}

function wordProbes(token: string): Probe[] {
  const address = probes(token.toLowerCase(), ["email", "mail_part"]);
  return token.includes("@") ? address : [...probes(squeezed(token), ["name"]), ...address];
}

function probes(prefix: string, kinds: KeyKind[]): Probe[] {
  return prefix === "" ? [] : kinds.map((kind) => ({ kind, prefix }));
}

function as(kind: KeyKind, keys: string[]): ContactKey[] {
  return keys.filter((key) => key !== "").map((key) => ({ kind, key }));
}

/** "Anne-Marie O'Neil" is annemarie, anne, marie, oneil, o and neil. */
function wordsOf(name: string): string[] {
  return name
    .split(/\s+/)
    .flatMap((word) => [
      squeezed(word),
      ...word.split("-").map(squeezed),
      ...fold(word).split(/[^\p{L}\p{N}]+/u),
    ]);
}

/** The places in an address at which a person may begin to type it: "field@mail.test" in "nora.field@mail.test". */
function partsOf(address: string): string[] {
  return [...address.matchAll(/[.@_+-]/g)].map(({ index }) => address.slice(index + 1));
}

/** Lower case without accents: what people type when they are in a hurry. */
export function fold(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase().trim();
}

function squeezed(word: string): string {
  return fold(word).replaceAll(/[^\p{L}\p{N}]/gu, "");
}

function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, "");
}

function nationalOf(number: string): string {
  return parsePhoneNumber(number)?.nationalNumber ?? "";
}

function reversed(digits: string): string {
  return digits.split("").toReversed().join("");
}
