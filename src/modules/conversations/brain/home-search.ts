import type { Clause } from "./clauses.ts";

const HOME = String.raw`(?:apartments?|homes?|places?|units?|condos?|flats?|studios?|townhomes?|townhouses?|houses?|housing|residences?|rentals?|propert(?:y|ies)|pads?|lofts?|options?|choices?|alternatives?|listings?|results?|bedrooms?|somewhere|someplace|accommodations?|ones?|floor ?plans?|(?:\d|one|two|three|four)[ -]?(?:beds?|brs?|bds?))`;

const SEARCHES = new RegExp(
  [
    String.raw`\b(?:find(?! out)|finding|search(?:ing)?(?! whether)|look(?:ing)? (?:for|at some|into|up|elsewhere|around|out for|in)|explore|show me(?! the\b| around)|locate|hunting|hunt for|pull up|try|name me|suggest|recommend)\b(?![^.?!]*\b(?:visit|tour|cab|ride|restaurant|bus|hotel|flight|movie|song)\b)`,
    String.raw`\b(?:other|another|more|different|additional|alternative|similar|any) (?:\w+[ -]){0,3}?${HOME}\b`,
    String.raw`\b(?:any ?thing|something|what|who|some|any|find) (?:else|other(?! (?:time|day|date))|different|others)\b`,
    String.raw`\b(?:are there|is there|do you have|have you got|have you|any chance of)\s+(?:(?:an?|any|some)\s+)?(?:\w+[ -]){0,3}?(?:${HOME}|anything|something|others?)\b`,
    String.raw`\b(?:anything|something) (?:\w+ )?(?:friendly|furnished|unfurnished|cheaper|smaller|bigger|larger|closer|in|under|below)\b`,
    String.raw`\b(?:any|one|something|anything|somewhere|someplace) (?:that|which|where)\b`,
    String.raw`\b(?:any|some|have) (?:availability|openings?|vacanc(?:y|ies))\b(?![^.?!]*\b(?:tour|visit|showing|viewing)\b)|\banything (?:open|available)\b|\btoo (?:expensive|pricey|small|big|far|high)\b`,
    String.raw`\b(?:keep|continue) (?:looking|searching|going)\b|\b(?:another|other|one more|more|new) (?:suggestions?|proposals?|recommendations?)\b|\b(?:see|get|show|give|have|find) (?:me |us )?(?:some )?(?:more|others)\b(?! (?:information|info|details|help))|\bwhat are the others\b|^any more\b|\bsomething better\b|\bone more to\b`,
    String.raw`\b(?:place|somewhere|home|apartment) to (?:live|rent|stay|move)\b`,
    String.raw`\bwhat (?:do you have|(?:units |homes |places )?(?:is|are) (?:available|open|vacant))\b`,
  ].join("|"),
  "i",
);

const WISHES = new RegExp(
  [
    String.raw`\b(?:need|want|like|love|prefer|get me|get|rent|book|interested in|after|seeking|require|have|hoping for|in the market for)\b[^.?!]{0,60}?\b(?:an?|some|new|for|\d|one|two|three|four|furnished|friendly)\b[^.?!]{0,40}?\b${HOME}\b`,
    String.raw`\b(?:need|want|seeking) (?:(?!the\b|this\b|that\b|to\b)\w+ ){0,3}?${HOME}\b`,
    String.raw`\b(?:mov(?:e|ing)|relocat(?:e|ing)) (?:out|to|into|in|from|there)\b`,
    String.raw`\bapartments\b`,
  ].join("|"),
  "i",
);

const PRAISES =
  /^(?!.*\b(?:find|other|another|else|options)\b).*\b(?:sounds?|seems?|looks|look like|exactly what|just what|what i (?:was|am|'m|'ve been) looking)\b/i;
const DECLINES =
  /(?:n't|\bnot) (?:really )?(?:need|want|require) (?:any|some)\w*\b(?: (?:else|other|more|help))?/i;
const ABOUT_THIS_HOME =
  /\b(?:(?:in|at|for) (?:the|this|that|your) (?:apartment|place|unit|property|building|complex|home)|(?:contact|phone|their|the) number|find out|whether)\b|^(?:is|are|does|do) (?:the|this|that|it|they|your|these|those)\b/i;
const SUGGESTS = new RegExp(
  String.raw`^(?:how|what) about (?:(?:an?|some|one|the|two|three|four|\d)?\s*(?:\w+[ -]){0,3}${HOME}|(?:pet|dog|cat)[ -]friendly|furnished)\b`,
  "i",
);

/** The clause looks for a home, rather than asking about the one under discussion. */
export function searchesHome(clause: Clause): boolean {
  if (PRAISES.test(clause.text) || DECLINES.test(clause.text)) return false;
  if (clause.kind === "question" && ABOUT_THIS_HOME.test(clause.text)) return false;
  if (SEARCHES.test(clause.text)) return true;
  return clause.kind === "question" ? SUGGESTS.test(clause.text) : WISHES.test(clause.text);
}
