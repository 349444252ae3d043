/** One thing said: `question` wants an answer, `request` wants something done ("can you find me ..."). */
export type Clause = { text: string; kind: "statement" | "question" | "request" };

const OPENING =
  /^(?:(?:yes|yeah|yep|yup|ya|sure|ok|okay|no|nope|nah|great|good|perfect|cool|nice|awesome|alright|all right|fine|correct|right|thanks|thank you|hi|hello|hey|and|also|so|but|oh|well|um|hmm|please|then|actually|excellent|wonderful|sorry|plus|btw|by the way|just|that(?:'s| is| sounds)? (?:right|correct|good|great|fine|perfect|nice))(?: (?:so much|very much|a lot|there|please|too))?\b[\s,.!:-]*)+/i;

const SPLIT = /(?<=[.?!;])\s+|(?<=[a-z][?!])(?=[A-Z])|\n+|(?<=[a-z]\.)(?=[A-Z][a-z])/;
const NEW_QUESTION = String.raw`(?=(?:what|how|when|where)\s+(?:is|are|do|does|can|could|much|many|would|will|about|number|phone|time)\b|which\s+(?:is|are|do|does|utilities|units?|apartments?|one)\b|(?:what's|how's|where's)\b|(?:is|are|does|can|could|may|will|would|should)\s+(?:i|you|it|they|there|the|this|that|we|pets?|animals?|dogs?|cats?|my|their|your)\b|do\s+(?:i|you|they|we|the|pets?|animals?|dogs?|cats?)\b|(?:tell|give|send) me\b)`;
const JOINED_QUESTION = new RegExp(
  String.raw`(?:,|\s)\s*\b(?:and|but|also|plus|or)\s+(?:also\s+)?${NEW_QUESTION}|,\s+${NEW_QUESTION}`,
  "i",
);

const ASKING_WORD = /^(?:what(?! an? \w+[,.!])|how|when|where|which|who|whose|why|whats|hows)\b/i;
const ASKING_VERB =
  /^(?!do (?:that|this|it|so)\b)(?:is|are|am|was|were|do|does|did|can|could|will|would|should|may|might|has|have|(?:don't|doesn't|isn't|aren't|can't|won't)(?= (?:it|there|they|you|the|that|this|pets)\b))\s+(?!(?:very |really |so |all |just )?(?:good|fine|ok|okay|great|perfect|correct|right|nice|excellent|cool|awesome|be|not|so|that for|do that)\b)\S+/i;
const ASKING_PHRASE =
  /\b(?:tell me|let me know|do you know|find out|search whether|(?:want|like|need|love|have|got) to (?:know|ask|check|confirm)|wondering|curious|(?:have|got) (?:a |another |one more |some |a few )?questions?|not sure if|\bwhether\b|(?:know|check|tell|confirm|ask|sure|verify)\b[^.?!]{0,20}\bif\b|confirm about|details (?:about|of|on)|(?:give|get|send|share|need|have|want|provide|show|grab)\b[^.?!]*\b(?:phone|contact|number|digits))\b/i;
const DOING =
  /\b(?:find|finding|search|searching|look for|looking|look into|check for|show|pull up|get|help|schedule|book|arrange|set up|setup|make|reserve|fix|put|add|plan|do (?:so|that|it|this)|go ahead|change|move|reschedule|cancel|locate|suggest|recommend|assist|see (?:if|what)|list|continue|keep)\b/i;

function kindOf(text: string): Clause["kind"] {
  const body = text.replace(OPENING, "").trim() || text.trim();
  const polite = /^(?:(?:can|could|will|would)\s+(?:you|u)|(?:can|could)\s+(?:i|we))\b/i.test(body);
  const tells =
    /\b(?:tell|give|send|share|confirm|let me know|know)\b/i.test(body) || ASKING_PHRASE.test(body);
  if (polite && !tells && DOING.test(body)) return "request";
  if (ASKING_WORD.test(body) || ASKING_VERB.test(body) || ASKING_PHRASE.test(body)) return "question";
  return /\?\W*$/.test(body) ? "question" : "statement";
}

/** The message in the pieces a person would answer one by one. */
export function splitClauses(message: string): Clause[] {
  return message.split(SPLIT).flatMap((sentence) => {
    const parts = sentence.split(JOINED_QUESTION).map((text) => text.trim());
    const clauses = parts
      .filter((text) => /[\p{L}\p{N}]/u.test(text))
      .map((text) => ({ text, kind: kindOf(text) }));
    return /\?\W*$/.test(sentence) && clauses.length > 1 ? clauses.map(sharingTheMark) : clauses;
  });
}

/** In "It furnished, and do they allow pets?" the one mark is for both. */
function sharingTheMark(clause: Clause): Clause {
  const body = clause.text.replace(OPENING, "").trim();
  const speaksOfSelf = /\b(?:i|i'm|i'd|i've|we|we're|let's|my|please|that|thanks?|can't|cannot)\b/i.test(
    body,
  );
  return clause.kind === "statement" && body !== "" && !speaksOfSelf
    ? { ...clause, kind: "question" }
    : clause;
}

const ERRAND =
  /\b(?:cabs?|taxis?|uber|lyft|rides?|(?:my|the|your|on|up) ?(?:cal[a-z]*nda?r|agenda)|to (?:the|my) schedule|event (?:title|name|called)|as (?:an )?event|restaurants?|dinner|lunch|table for|flights?|bus(?:es)?|movies?|hotels?|concerts?|haircut|dentist|doctor|salon|rental car|rent a car|weather|songs?)\b/i;
const OWN_CALENDAR =
  /\b(?:(?:am|amd) i (?:\w+ ){0,2}?(?:free|available|busy)|(?:check|see|tell|know|find|look)\b[^.?!]{0,20}\b(?:when|if|whether)\b[^.?!]{0,12}\bi(?:'m| am|'ll be| will be|'d be| be|'ve| have|'ve got)? (?:\w+ ){0,3}?(?:free|available|busy|open(?:ing)?s?|slots?|time)|do i have (?:\w+ ){0,3}?(?:free|spare|available|open|time|slots?|anything|something)|when will i be|^when (?:do|so|will) i (?:have|get)\b|time do i have|when's my|what do i have (?:on|for)|my (?:schedule|calendar|availability|free time|agenda)|free for me|i be (?:free|available))\b/i;

/** Something a leasing desk cannot do for a visitor: their cab, their calendar, their dinner. */
export function isErrand(text: string): boolean {
  return ERRAND.test(text) || OWN_CALENDAR.test(text);
}

/** The clause without its opening "yes, great, and": what is left is what was asked. */
export function withoutOpening(text: string): string {
  return text.replace(OPENING, "").trim() || text.trim();
}
