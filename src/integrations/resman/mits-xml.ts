import { XMLBuilder, XMLParser } from "fast-xml-parser";

/** Elements that may stand once or many times; always read as lists. Everything read is a string. */
const repeatable = new Set([
  ..."Prospect Customer Identification Address Phone DesiredUnit Pets Comment Event".split(" "),
  ..."Property Floorplan ILS_Unit Unit Room MITS-OfferTerm".split(" "),
]);

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseTagValue: false,
  parseAttributeValue: false,
  removeNSPrefix: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  isArray: (name, _path, _isLeaf, isAttribute) => !isAttribute && repeatable.has(name),
  // The five entities of XML and character numbers. Entities a document declares never get this far: see below.
  processEntities: true,
  htmlEntities: true,
});

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  // Left on, an attribute whose value is "true" would be written without its value.
  suppressBooleanAttributes: false,
  processEntities: true,
});

/** Reads a document; throws where it is not well formed, or declares a document type and with it entities of its own. */
export function readXml(text: string): unknown {
  if (/<!DOCTYPE/i.test(text)) throw new Error("a document type declaration is not accepted");
  return parser.parse(text, true);
}

export type XmlNode = { [name: string]: XmlValue | XmlValue[] | undefined };
export type XmlValue = string | XmlNode;

/** Keys beginning with "@" are attributes; undefined and empty lists are left out. Keys are written in their order. */
export function writeXml(document: XmlNode): string {
  return builder.build(withoutGaps(document));
}

function withoutGaps(node: XmlNode): XmlNode {
  const kept = Object.entries(node).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    kept.map(([name, value]) => [name, Array.isArray(value) ? value.map(clean) : clean(value as XmlValue)]),
  );
}

function clean(value: XmlValue): XmlValue {
  return typeof value === "string" ? value : withoutGaps(value);
}

/** Text of at most `length` characters that XML can carry: control characters and broken surrogates would void the document. */
export function xmlText(text: string, length: number): string {
  const legal = text.replace(/[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/gu, "").trim();
  return legal.slice(0, length).toWellFormed().replaceAll("\uFFFD", "").trim();
}

/** The same on one line, for names and attributes. */
export function xmlLine(text: string, length: number): string {
  return xmlText(text.replace(/\s+/g, " "), length);
}
