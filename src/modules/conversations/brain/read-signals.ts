import { isErrand, withoutOpening, type Clause } from "./clauses.ts";
import type { Understanding } from "./understanding.ts";

export type Signals = Pick<
  Understanding,
  | "affirms"
  | "praises"
  | "denies"
  | "greets"
  | "thanks"
  | "closes"
  | "wantsHuman"
  | "cancels"
  | "reschedules"
  | "wantsTour"
>;

const PRAISE = String.raw`(?:good|great|fine|perfect|perfectly|ok|okay|nice|lovely|right|correct|cool|awesome|excellent|wonderful|fantastic|amazing|terrific|alright|all right|ideal|interesting|promising|reasonable|acceptable|decent|better|best|suitable|the best|the one|the winner|a (?:good|great|nice) |like (?:a|an|everything|something|what|exactly|just|the))`;
const PRAISES = new RegExp(
  String.raw`\b(?:sounds?|looks?|seems?) (?:\w+ ){0,3}?${PRAISE}\b|\b(?:apartment|place|property|one|home|unit|this|that) (?:is|will be|would be|might be|looks|seems|sounds)\b[^.?!]{0,15}?\b${PRAISE}\b|\bworks\b|\blike (?:it|this|that|the)\b`,
  "i",
);
const AFFIRM = new RegExp(
  [
    String.raw`^(?:oh |well |um |and |hi,? |actually )?(?:yes+|yeah+|yea|yep|yup|ya|yah|yas|aye|y|sure(?: thing)?|ok(?:ay)?|okey|k|kk|alright|all right|absolutely|definitely|certainly|of course|indeed|correct|right|exactly|affirmative|approved?|confirm(?:ed)?|agreed?|perfect|great|awesome|excellent|terrific|fantastic|wonderful|cool|nice|lovely|amazing|fine|good|brilliant|superb|deal|why not)\b(?! (?:question|afternoon|morning|evening|day))`,
    String.raw`\b(?:sounds?|looks?|seems?) (?:\w+ ){0,3}?${PRAISE}\b|^(?:have |has )?good sounds?[.! ]*$`,
    String.raw`\b(?:that|this|it|which|one|apartment|place|property|all|everything)(?:'s| is| are| was| will be| would be|'d be|'ll be|'ll| will| would| should| might| does| can)(?: \w+){0,3}? (?:${PRAISE}|work|works|do|suits?|for me)\b`,
    String.raw`\b(?:works|suits|perfect|good|fine|great|ok|okay|nice) (?:me|for me|with me|to me|enough)\b|\bthat works\b|\bit works\b|\bworks (?:well|great|fine)\b`,
    String.raw`^(?:yes,? )?i(?:'d| would| do| will| am| really)?,? (?:like|love|want|do|would|will|agree|confirm|approve)(?: (?:it|that|this|to|so|one|this one|that one|please|very much|the (?:place|apartment|property)|this (?:place|apartment|property)|that (?:place|apartment|property)))?[.! ]*$`,
    String.raw`\bi (?:really |might |would |think i )*(?:like|love) (?:it|this|that|the (?:sounds?|apartment|place|property))\b|\bi(?:'ll| will) take (?:it|that|this)\b|\bi(?:'m| am) (?:interested|happy|good with|okay with|fine with|satisfied|pleased)\b`,
    String.raw`\b(?:please do|go ahead|do it|do that|let's do (?:it|that|this)|book it|please proceed|proceed|that's the one|that(?:'s| is) (?:it|right|correct|what i)|you got it|exactly what|just what|what i(?:'m| am|'ve| was)? (?:want|need|look))\b`,
    String.raw`\b(?:is|that's|thats) (?:absolutely |totally |all |completely )?(?:correct|right)\b`,
    String.raw`^(?:good|great|perfect|nice|fine|ok)\b(?! (?:question|afternoon|morning|evening|day))`,
  ].join("|"),
  "i",
);
const DENY = new RegExp(
  [
    String.raw`^(?:oh |well |um |sorry,? |actually,? |hmm,? |wait,? )*(?:no+|nope|nah|naw|nay|never|not (?:really|now|right|yet|at|interested|today|this|for|that|the|what|quite|necessary|needed|exactly)|none of (?:them|those|these|that)|neither|negative|incorrect|wrong|nevermind|never mind|pass|wait)\b(?! (?:problem|worries|matter|preference|pets|pet|dogs|cats|smok|more than|furniture|question))`,
    String.raw`^(?:maybe|perhaps|possibly)\b[^.?!]{0,12}\b(?:later|another|other|in a (?:bit|while)|some ?time|if)\b|\bi don't know(?: yet)?[.! ]*$|\b(?:think about (?:it|that)|let me think)\b|\bi'll (?:do|look into|think about) (?:that|it) (?:later|another time)\b`,
    String.raw`\b(?:maybe|perhaps|possibly)? ?(?:later|some other time|another time|other time|at another time|not right now|not now|not yet)[.!]?$`,
    String.raw`\b(?:i'd|i would) rather (?:not|have|go|visit|it)\b|\b(?:don't|do not|doesn't|won't|didn't) (?:want|work|think so|need|like|do that|suit|fit|sound)\b|\b(?:not|isn't) (?:right|correct|what i|interested|going to work|for me|necessary|good|ok)\b`,
    String.raw`^(?:don't|do not|hold on|cancel that|stop)\b`,
  ].join("|"),
  "i",
);
const CORRECTION =
  /^(?:actually|wait|sorry|instead|rather|hmm)\b|\b(?:change|switch|move|make) (?:it|that|this|the (?:date|day|time|visit|tour))\b|\binstead\b|\bwould be better\b|\bi'd rather\b|\bi would rather\b|\bprefer\b/i;
const THANKS = /\b(?:thanks|thank|thx|thnx|ty|appreciated?|cheers|grateful)\b/i;
const CLOSES = new RegExp(
  [
    String.raw`\b(?:bye|good ?bye|see (?:you|ya)|take care|talk (?:to you )?later|good ?night|have an? (?:\w+ )?(?:day|one|night|evening|weekend|time))\b`,
    String.raw`\b(?:that|this|it)(?:'s| is| was| will be|'ll be| would be|'d be| should be|ll be)(?: \w+)? (?:all|it|everything|enough|plenty)\b(?! (?:good|fine|ok|correct|right|utilit|bills|included|furnished))`,
    String.raw`(?<!\bha[sd] )\b(?:all|everything|anything) (?:that )?(?:i|i'll|we) (?:will |would )?(?:need|needed|want|wanted|require|required|was looking for|have|for)\b`,
    String.raw`\b(?:i'm|i am|we're|think i'm) (?:all |just )?(?:set|done|good|fine|finished|okay|ok)\b(?! (?:with|to))`,
    String.raw`\b(?:nothing|no thing) (?:else|more|right now|for now|now|further|but)\b|^nothing[.! ]*$|\bn(?:'t|ot) need (?:any(?:thing|more| more| other| further)?|more|help|further)\b|\bno (?:more|further|other|additional) (?:help|questions|assistance|information|info|thing)\b|\ball set\b|\ball done\b|\byou can go\b|\b(?:that's|thats) all\b|\bgot (?:all|everything)\b|\ball (?:good|for (?:now|today))\b|\bhelped (?:me )?(?:a lot|lot|enough)\b`,
  ].join("|"),
  "i",
);
const GREETS =
  /^(?:hi+|hello+|hey+|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)|yo|sup|hi there)\b/i;
const HUMAN = new RegExp(
  String.raw`\b(?:talk|speak|chat|connect|transfer|put me|get me|reach|hand me|forward me|give me|want|need|prefer|like|call)\b[^.?!]{0,30}?\b(?:(?:a |an |the |some |real |live |actual )*(?:human|real person|live person|person|agent|someone|somebody|representative|rep|manager|staff|leasing (?:agent|office|team|consultant)|operator|people))\b(?!'s| (?:number|phone|visit|ride|cab))|\b(?:real|live|actual) (?:person|human|agent)\b|^(?:an? )?(?:real |live )?(?:human|agent|representative|operator|person)(?: please)?[.! ]*$|\b(?:(?:please|can you|could you) call me|(?:someone|somebody|agent|manager) (?:to )?(?:call|contact|text|e-?mail|reach))\b|\bnot (?:a|with a|to a) (?:bot|robot|machine)\b|\bare you (?:a )?(?:bot|robot|human|real)\b`,
  "i",
);
const PEOPLE_COUNT = /\b(?:for|with|one|1|two|2|three|3|four|4|per|each|another) (?:person|people)\b/i;
const VISIT = String.raw`(?:visits?|tours?|viewings?|showings?|appointments?|appt|walk[- ]?through|open house|site visit)`;
const CANCELS = new RegExp(
  String.raw`\b(?:cancel|call off|scrap|drop)\b(?![^.?!]*\b(?:lease|application|policy|fee)\b)|\b(?:can't|cannot|won't|not able to|unable to) (?:make|come|attend|be able)\b[^.?!]{0,20}\b(?:${VISIT}|anymore|it)\b|\b(?:not coming|no longer (?:need|want|interested))\b`,
  "i",
);
const RESCHEDULES = new RegExp(
  String.raw`\bresched\w*|\b(?:change|move(?![- ]?in\b)|switch|push|postpone|shift|delay)\b[^.?!]{0,30}\b(?:${VISIT}|it|that|this|time|date|day)\b|\b(?:different|another|other|new) (?:day|time|date)\b|\binstead\b`,
  "i",
);
const TOUR = new RegExp(
  [
    String.raw`\b(?:schedul\w*|book\w*|arrang\w*|set(?:ting)? up|setup|make|fix|plan|reserve|organi[sz]e|have|get|take|do|want|like|love|need|come|confirm|for|show)\b[^.?!]{0,40}?\b${VISIT}\b`,
    String.raw`^(?:please |an? |the )?${VISIT}\b(?: please)?[.! ]*$`,
    String.raw`\b(?:want to|like to|love to|need to|wish to|can i|could i|may i|can we|could we|i can|let me|let's|lets|going to|have to|able to|hoping to|planning to|when can i|i'll|i will|to|i want|and)\s+(?:\w+ ){0,2}?(?:visit|tour|view|see (?:it|the|this|that|a|an|one|some|your|what it)|check (?:it|the \w+|this \w+|that \w+|this|that|them) out|check out|(?:take|have|get) a(?:\w+)? look|look at (?:it|the|this|that|a|one)|stop by|come (?:by|in|over|see|visit|look|take)|swing by|drop by|walk through|go (?:see|visit|look|there|and))\b`,
    String.raw`^(?:please )?(?:visit|tour|view|see) (?:it|the|this|that|there|on)\b`,
    String.raw`\bvisit(?:ing)? (?:the|this|that|it|there|on|for)\b|\bschedule (?:it|me|that|this|one|for|on|the|a)\b|\bsee (?:it|the (?:apartment|place|unit|property)) (?:in person|on|today|tomorrow|this|next)\b|\bshow(?:ing)? (?:me|us) (?:around|the (?:place|apartment|unit|property|home|building))\b|\bwhen (?:can|could) (?:i|we) (?:see|come|visit|tour|view|look|stop)\b`,
    String.raw`\bwhen (?:are you|is (?:someone|anyone|somebody)|would you be) (?:available|free)\b|\b(?:what|which|any|other) (?:\w+ )?(?:times?|days?|slots?|openings?|appointments?)\b[^.?!]{0,20}\b(?:available|open|free|left|do you have|work|are there)\b`,
  ].join("|"),
  "i",
);
const ABOUT_TOURS =
  /^(?:do you (?:offer|do|have|give|allow)|are (?:there|the)|is (?:there|the)|how long|how do|how does|what (?:do i|should i|happens|is|are|if)|where|who|do i (?:need|have to)|can (?:i bring|my|a friend|someone else|anyone))\b|\bvirtual(?:ly)?\b/i;
const DECLINED =
  /\b(?:don't|do not|not|won't|without|rather not)\b[^.?!,]{0,25}\b(?:want|need|like|going|plan\w*|interested|ready|schedul\w*|make|book|now|visit|tour|do)\b(?![^.?!]*\b(?:but|though)\b)|\b(?:another|other|later) (?:time|date|day)\b(?! (?:for|to|works))|\b(?:maybe|perhaps|possibly) (?:later|another|some other|at)\b/i;

/** What a message does in the conversation, beside the facts it tells. */
export function readSignals(clauses: Clause[], asked: Set<string>): Signals {
  const texts = clauses.map((clause) => clause.text);
  const some = (sign: RegExp) => texts.some((text) => sign.test(text));
  const closes = some(CLOSES);
  const denies =
    texts.some((text, index) => DENY.test(text) && !(index > 0 && clauses[index]?.kind === "question")) ||
    (asked.has("confirmation") && some(CORRECTION));
  return {
    affirms: !denies && clauses.some((clause) => agrees(clause)),
    praises: some(PRAISES),
    denies,
    greets: GREETS.test(texts[0] ?? ""),
    thanks: some(THANKS),
    closes,
    wantsHuman: clauses.some(asksForPerson),
    cancels: clauses.some(
      (clause) => CANCELS.test(clause.text) && !/^(?:what|how|is there)\b/i.test(clause.text),
    ),
    reschedules: some(RESCHEDULES),
    wantsTour: clauses.some(requestsTour),
  };
}

/** The clause wants a tour, rather than to know something about tours. */
export function requestsTour({ text }: Clause): boolean {
  return (
    TOUR.test(text) && !isErrand(text) && !DECLINED.test(text) && !ABOUT_TOURS.test(withoutOpening(text))
  );
}

/** The clause asks for a person instead of the bot. */
export function asksForPerson({ text }: Clause): boolean {
  return (
    HUMAN.test(text) && !PEOPLE_COUNT.test(text) && !/\b(?:phone|contact) (?:number|details)\b/i.test(text)
  );
}

function agrees(clause: Clause): boolean {
  if (clause.kind === "statement") return AFFIRM.test(clause.text);
  return /^(?:yes|yeah|yep|yup|ya|sure|ok|okay|correct|right|great|good|perfect|nice|fine|cool|awesome|absolutely|definitely)\b/i.test(
    clause.text,
  );
}
