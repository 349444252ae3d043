/** What a template may name between double braces. */
export const variables = [
  "lead_name",
  "first_name",
  "last_name",
  "lead_email",
  "lead_phone",
  "lead_score",
  "property_name",
  "old_status",
  "new_status",
  "status_reason",
  "assigned_to",
  "changed_by",
  "changed_at",
] as const;
export type Variable = (typeof variables)[number];

/** What the variables stand for in one happening; empty where nothing is known. */
export type Words = Record<Variable, string>;

const placeholder = /\{\{\s*([\w.-]*)\s*\}\}/g;

/** Names a template uses that stand for nothing, each once, and stray braces as they were written. */
export function unknownVariables(template: string): string[] {
  const named = Array.from(template.matchAll(placeholder), ([, name = ""]) => name);
  const unknown = named.filter((name) => !(variables as readonly string[]).includes(name));
  const stray = template.replaceAll(placeholder, "").match(/\{\{|\}\}/g) ?? [];
  return [...new Set([...unknown, ...stray])];
}

/**
 * The template as plain text. A variable that stands for nothing leaves nothing behind; where that is all there was,
 * the lead and the status are named, so that nobody gets an empty notice or task.
 */
export function interpolate(template: string, words: Words): string {
  const said = template
    .replaceAll(placeholder, (_, name: string) => (Object.hasOwn(words, name) ? words[name as Variable] : ""))
    .trim();
  return said || `${words.lead_name}: ${words.new_status}`;
}

/** The same as HTML: one paragraph for each, everything escaped, so that nobody's name is markup. */
export function interpolateHtml(template: string, words: Words): string {
  return interpolate(template, words)
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${escapeHtml(paragraph).replaceAll("\n", "<br>")}</p>`)
    .join("\n");
}

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
