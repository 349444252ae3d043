import fc from "fast-check";
import type { Operation } from "./surface.ts";

/** A request as it is sent; `body` is the text to the letter. */
export type Attack = {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | null;
};

const longest = 1024 * 1024;

const words = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\u001b[31m\r\n\t\b",
  "\ud800",
  "\udfff\ud800x",
  "\ufeff",
  "\u202egnp.exe",
  "👩‍👩‍👧‍👦".repeat(50),
  "ﷺ".repeat(300),
  "'; DROP TABLE users; --",
  "' OR '1'='1",
  "%' OR 1=1) --",
  "%%%___\\",
  'NEAR("a" "b", 5',
  'a" OR "b*',
  "* AND NOT (",
  "question: x^",
  "../../../etc/passwd",
  "..%2f..%2f",
  "%",
  "%zz",
  "//evil.example/",
  "__proto__",
  "constructor",
  "toString",
  "null",
  "undefined",
  "NaN",
  "-1",
  "1e309",
  "0x10",
  "99999999999999999999",
  "2026-02-30",
  "2026-13-45T25:61:61Z",
  "0000-00-00T00:00:00Z",
  "9999-12-31T23:59:59.999999999+23:59",
  "+275760-09-13T00:00:00Z",
  "2026-03-01T10:00:00",
  "24:00",
  "<script>alert(1)</script>",
  "{{ 7 | times: 7 }}",
  "${7*7}",
  "http://169.254.169.254/latest/meta-data",
  "file:///etc/passwd",
  "javascript:alert(1)",
  "a@b",
  "a@b.c\r\nBcc: x@y.z",
  "+",
  "+99999999999999999999",
  "x".repeat(201),
  "x".repeat(4001),
  "x".repeat(20_000),
];

const numbers = [
  0,
  -0,
  -1,
  0.1,
  1.5,
  2 ** 31,
  -(2 ** 31),
  2 ** 53,
  2 ** 53 + 2,
  2 ** 63,
  1e21,
  1e308,
  -1e308,
  5e-324,
];

/** JSON texts, to the letter: some cannot be made by a writer of JSON. */
const texts = [
  "null",
  "true",
  "[]",
  "{}",
  '[{"a":[]}]',
  '{"__proto__":{"isAdmin":true}}',
  '{"constructor":{"prototype":{"x":1}}}',
  '{"a":1,"a":2}',
  '{"toString":1,"valueOf":null,"length":-1}',
  "1e400",
  "-1e400",
  '"\\ud800"',
  '"\\u0000"',
  "[".repeat(5000) + "]".repeat(5000),
  '{"a":'.repeat(3000) + "1" + "}".repeat(3000),
  `[${"0,".repeat(20_000)}0]`,
];

/** Bodies that are wrong as a whole. */
const bodies = [
  "",
  " ",
  "{",
  "}",
  "\ufeff{}",
  "{'a':1}",
  '{"a":1}{"b":2}',
  "undefined",
  '"text"',
  "a=1&b=2",
  "<xml/>",
  "\u0000",
  ...texts,
];

const types = [
  "application/json",
  "application/json; charset=utf-16",
  "APPLICATION/JSON",
  "application/merge-patch+json",
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "multipart/form-data",
  "application/xml",
  "nonsense",
];

const word = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...words) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
);
const number = fc.oneof(fc.constantFrom(...numbers), fc.double(), fc.maxSafeInteger());

/** A JSON text for a field. */
const value = fc.oneof(
  { weight: 4, arbitrary: word.map((text) => JSON.stringify(text)) },
  { weight: 3, arbitrary: number.map((some) => (Number.isFinite(some) ? String(some) : "1e999")) },
  { weight: 4, arbitrary: fc.constantFrom(...texts) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 4 }) },
);
/** Just within what a body may have, and beyond it. */
const huge = fc
  .tuple(fc.constantFrom("x", "é", "\\u0000", '\\"'), fc.constantFrom(longest / 2, longest * 1.2))
  .map(([unit, size]) => `"${unit.repeat(Math.floor(size / new TextEncoder().encode(unit).length))}"`);

/** Requests against one endpoint. `fill` gives the path with ids of things that are there. */
export function attacksOn(operation: Operation, fill: (template: string) => string): fc.Arbitrary<Attack> {
  const isWrite = operation.method !== "GET";
  return fc
    .record({
      path: pathOf(operation, fill),
      query: queryOf(operation),
      headers: headers(isWrite),
      body: isWrite ? bodyOf(operation) : fc.constant(null),
    })
    .map(({ path, query, headers: own, body }) => ({
      method: operation.method,
      path: path + query,
      headers: own,
      body,
    }));
}

/** Ways to almost the same place. */
const detours: ((path: string) => string)[] = [
  (path) => `${path}/`,
  (path) => `${path}//`,
  (path) => `/${path}`,
  (path) => `${path}/%2e%2e`,
  (path) => `${path}/..%2f..%2fcompanies`,
  (path) => `${path}%00`,
  (path) => `${path};a=b`,
  (path) => `${path}.json`,
  (path) => `${path}%`,
  (path) => path.toUpperCase(),
  (path) => path.replace("/api/", "/api/./"),
  (path) => path.replace("/api/", "/api%2f"),
  (path) => path.replace("/api/", "/api//"),
  (path) => path.replaceAll("/", "\\"),
  (path) => `${path}?a?b#c`,
];

/** Mostly the real thing; else with one parameter replaced, or by a way to almost the same place. */
function pathOf({ template }: Operation, fill: (template: string) => string): fc.Arbitrary<string> {
  const real = fill(template);
  const tricked = fc.constantFrom(...detours).map((trick) => trick(real));
  const places = template.split("/").flatMap((segment, place) => (segment.startsWith("{") ? [place] : []));
  const near = { weight: 1, arbitrary: tricked };
  if (places.length === 0) return fc.oneof({ weight: 19, arbitrary: fc.constant(real) }, near);
  const wrong = fc.tuple(fc.constantFrom(...places), word).map(([place, text]) => {
    const segments = real.split("/");
    segments[place] = encoded(text);
    return segments.join("/");
  });
  return fc.oneof({ weight: 14, arbitrary: fc.constant(real) }, { weight: 5, arbitrary: wrong }, near);
}

function queryOf({ query }: Operation): fc.Arbitrary<string> {
  const names = [...query, "unknown", "__proto__"];
  const one = fc
    .tuple(fc.constantFrom(...names), fc.oneof(word, number.map(String)))
    .map(([name, text]) => `${name}=${encoded(text.slice(0, 6000))}`);
  return fc
    .array(one, { maxLength: query.length > 0 ? 3 : 1 })
    .map((all) => (all.length > 0 ? `?${all.join("&")}` : ""));
}

/** Percent signs of our own making stay as they are; lone surrogates cannot travel in a URL. */
function encoded(text: string): string {
  if (/^(?:%|%zz|\.\.%2f\.\.%2f)$/.test(text)) return text;
  return encodeURIComponent(text.toWellFormed());
}

function headers(isWrite: boolean): fc.Arbitrary<Record<string, string>> {
  const printable = word.map((text) =>
    text
      .replaceAll(/[^\x20-\x7e]/g, "?")
      .slice(0, 300)
      .trim(),
  );
  const odd = fc.constantFrom(
    "if-match",
    "idempotency-key",
    "x-company-id",
    "x-request-id",
    "x-d1-bookmark",
    "origin",
  );
  const extra = fc.oneof(
    { weight: 5, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.tuple(odd, printable).map(([name, text]) => ({ [name]: text })) },
  );
  if (!isWrite) return extra;
  const type = fc.oneof(
    { weight: 9, arbitrary: fc.constant("application/json") },
    { weight: 1, arbitrary: fc.constantFrom(...types) },
  );
  return fc.tuple(type, extra).map(([chosen, more]) => ({ "content-type": chosen, ...more }));
}

function bodyOf({ example, fields }: Operation): fc.Arbitrary<string | null> {
  const places = placesIn(example);
  const own = fields.map((field) => [field]);
  const all = [...places, ...own];
  const whole = fc.constantFrom(...bodies);
  if (all.length === 0) return fc.oneof(fc.constant(null), whole);
  const place = fc.constantFrom(...all);
  const spoilt = (with_: fc.Arbitrary<string>) =>
    fc.tuple(place, with_).map(([where, text]) => written(example, where, text));
  return fc.oneof(
    { weight: 30, arbitrary: spoilt(value) },
    { weight: 4, arbitrary: place.map((where) => without(example, where)) },
    { weight: 4, arbitrary: fc.tuple(place, place, value).map(([a, b, text]) => twice(example, a, b, text)) },
    { weight: 6, arbitrary: whole },
    { weight: 1, arbitrary: spoilt(huge) },
    { weight: 2, arbitrary: fc.constant(JSON.stringify(example ?? {})) },
  );
}

type Place = (string | number)[];

/** Every place in a JSON value, the whole excepted. */
function placesIn(json: unknown, before: Place = []): Place[] {
  if (typeof json !== "object" || json === null) return [];
  return Object.entries(json).flatMap(([name, inner]) => {
    const place = [...before, Array.isArray(json) ? Number(name) : name];
    return [place, ...placesIn(inner, place)];
  });
}

const mark = "\u0001here\u0001";

/** The example with a JSON text put in at a place. */
function written(example: unknown, place: Place, text: string): string {
  return JSON.stringify(put(example, place, mark)).replace(JSON.stringify(mark), () => text);
}

function without(example: unknown, place: Place): string {
  return JSON.stringify(put(example, place, undefined));
}

/** Two places at once, and the second's name said twice. */
function twice(example: unknown, first: Place, second: Place, text: string): string {
  const once = written(example, first, text);
  const name = JSON.stringify(String(second[0]));
  return once.startsWith("{") ? `{${name}:${text},${once.slice(1)}`.replace(/,\}$/, "}") : once;
}

function put(json: unknown, [first, ...rest]: Place, value_: unknown): unknown {
  if (first === undefined) return value_;
  const copy: unknown = Array.isArray(json) ? [...json] : { ...(json as object | undefined) };
  const cells = copy as Record<string | number, unknown>;
  cells[first] = put(cells[first], rest, value_);
  return copy;
}
