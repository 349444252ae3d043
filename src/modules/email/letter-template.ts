import { Liquid, LiquidError, type Template } from "liquidjs";

/** How a value is written into the text around it. */
export type Escape = "plain" | "markdown" | "html";

/** What a template can be filled with: every variable it may name, null where nothing is known. */
export type Values = Record<string, string | number | null>;

const allowedTags = new Set(["if", "unless", "case", "comment"]);

/** Templates read nothing but their variables: no files, no loops that never end, no way around the escaping. */
function openEngine(escape: Escape): Liquid {
  const engine = new Liquid({
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    outputEscape: escapes[escape],
    parseLimit: 200_000,
    memoryLimit: 1_000_000,
    relativeReference: false,
  });
  for (const name of Object.keys(engine.tags)) if (!allowedTags.has(name)) delete engine.tags[name];
  delete engine.filters["raw"];
  return engine;
}

const escapes: Record<Escape, (value: unknown) => string> = {
  plain: wordsOf,
  markdown: escapeMarkdown,
  html: (value) => escapeHtml(wordsOf(value)),
};

const engines: Record<Escape, Liquid> = {
  plain: openEngine("plain"),
  markdown: openEngine("markdown"),
  html: openEngine("html"),
};

export type TemplateReport = { variables: string[] } | { problem: string };

/** The variables a text names, `a.b` where it reaches into one, or in plain words why it is no template. */
export function readTemplate(source: string): TemplateReport {
  try {
    const engine = engines.plain;
    const parsed = engine.parse(source);
    return { variables: engine.globalFullVariablesSync(parsed) };
  } catch (error) {
    if (error instanceof LiquidError) return { problem: error.message.split("\n")[0] ?? error.message };
    throw error;
  }
}

/** A text ready to be filled many times. Throws where the text is no template or names what is not in the values. */
export function compileTemplate(source: string, escape: Escape): (values: Values) => string {
  const engine = engines[escape];
  const parsed: Template[] = engine.parse(source);
  return (values) => String(engine.renderSync(parsed, values));
}

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

/** A value stays what it is, whatever signs are in it; a plain address stays one, so that it becomes a link. */
function escapeMarkdown(value: unknown): string {
  const text = wordsOf(value);
  return /^https?:\/\/[^\s<>()[\]`*\\"']+$/.test(text)
    ? text
    : text.replaceAll(/[!-/:-@[-`{-~]/g, (sign) => `\\${sign}`);
}

/** A value stands within a line and cannot begin another. */
function wordsOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
}
