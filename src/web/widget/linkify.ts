/** A stretch of text; with `href` it is a link. */
export type Stretch = { text: string; href?: string };

const candidates = /\b(?:https?:\/\/|www\.)[^\s<>"]+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gi;

/** Cuts a text into plain and linked stretches. Only http, https and mailto addresses ever come out. */
export function linkify(text: string): Stretch[] {
  const stretches: Stretch[] = [];
  let at = 0;
  for (const match of text.matchAll(candidates)) {
    const shown = trimEnd(match[0]);
    const href = addressOf(shown);
    if (href === null) continue;
    if (match.index > at) stretches.push({ text: text.slice(at, match.index) });
    stretches.push({ text: shown, href });
    at = match.index + shown.length;
  }
  if (at < text.length) stretches.push({ text: text.slice(at) });
  return stretches;
}

/** Leaves out the sentence's own punctuation, and a closing bracket that the address did not open. */
function trimEnd(found: string): string {
  let shown = found;
  for (;;) {
    const bare = shown.replace(/[.,;:!?'*_]+$/, "");
    const unopened = bare.endsWith(")") && bare.split("(").length < bare.split(")").length;
    const next = unopened ? bare.slice(0, -1) : bare;
    if (next === shown) return shown;
    shown = next;
  }
}

function addressOf(shown: string): string | null {
  if (!/^(https?:|www\.)/i.test(shown)) return `mailto:${shown}`;
  const address = /^www\./i.test(shown) ? `https://${shown}` : shown;
  return URL.canParse(address) ? new URL(address).href : null;
}
