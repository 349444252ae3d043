import type { Topic } from "./understanding.ts";

const SIGNS: [Topic, RegExp][] = [
  [
    "bedrooms",
    /^(?!.*\b(?:\d|one|two|three|four)[ -]bed).*\b(?:bed\s?rooms?|beds)\b|\b(?:how many|number of) rooms\b/i,
  ],
  ["bathrooms", /^(?!.*\b(?:\d|one|two|three|four)[ -]bath).*\b(?:bath\s?rooms?|baths)\b/i],
  [
    "area",
    /\b(?:areas?|part of town|anywhere|city|cities|town|location|locality|where|neighbou?rhoods?|region|(?:what|which) place)\b(?![^.?!]*\b(?:visit|tour)\b)/i,
  ],
  [
    "tour_time",
    /\b(?:what|which) time|\btime (?:works|suits|would)|\bwhat hour|\bthese times|\bone of (?:these|those)\b/i,
  ],
  [
    "tour_date",
    /\b(?:when|what day|which day|what date|which date|the date|day and time|preferred (?:date|day))\b(?![^.?!]*\b(?:move|moving|lease)\b)/i,
  ],
  [
    "tour",
    /\b(?:visit|tour|viewing|view|showing|see it|see the|appointment|check (?:it|the place) out|take a look|look at it)\b/i,
  ],
  ["move_in_date", /\bmov(?:e|ing)(?:[ -]?in)?\b|\blease to start\b/i],
  [
    "pets",
    /^(?!.*\b(?:not|no|they|sorry|unfortunately|does the|is the)\b).*\b(?:pets?|animals?|dogs?|cats?)\b/i,
  ],
  [
    "furnished",
    /^(?!.*\b(?:not|no|it|sorry|unfortunately|does the|is the|there)\b).*\b(?:furnished|furniture)\b|\b(?:want|like|need|prefer) it (?:to be )?furnished\b/i,
  ],
  ["budget", /\b(?:budget|price range|spend|afford|how much (?:rent|are you)|rent range)\b/i],
  [
    "occupants",
    /\b(?:how many (?:people|persons|occupants|adults|of you)|who will (?:live|be living)|occupants)\b/i,
  ],
  [
    "lease",
    /\b(?:lease (?:length|term)|how long (?:a lease|would you|do you)|how many months|length of (?:the )?lease)\b/i,
  ],
  ["name", /\b(?:your (?:full |first |last )?name|who am i|name and)\b/i],
  ["contact", /\b(?:e-?mail|phone number|number to reach|contact details|reach you|your number)\b/i],
  [
    "confirmation",
    /\b(?:confirm(?:ing|ation)?|is (?:that|this) (?:right|correct|ok|okay|good|fine)|correct|right\?|are you sure|shall i (?:book|go ahead)|should i (?:book|go ahead)|go ahead|approv(?:e|al)|to be clear|make sure|just to check|what you (?:want|need)|sounds? (?:good|right))\b/i,
  ],
  [
    "anything_else",
    /\b(?:any\s?thing (?:else|more)|something else|what else|else (?:can|may|could|do)|(?:any|more|further|other|additional) (?:help|assistance|questions)|help (?:you )?(?:any )?(?:more|further)|assist (?:you )?further)\b/i,
  ],
];

const ASKS =
  /\?|\b(?:please|tell me|let me know|need to know|(?:please|to|just|can you|could you|you) confirm|confirm(?:ing)?(?: that)? you|^(?:confirm|approve))\b|^(?:how|what|which|when|where|who)\b/i;

/** The bot repeats what it understood, and waits. */
const REPEATS =
  /\b(?:you(?:'d| would| are|'re)? (?:like|want|wish|visiting|viewing|scheduling|going|wanting)|i understand you|(?:confirming|scheduling|booking|arranging) (?:a|an|the|your|you))\b/i;

/** Topics of the bot's last asking sentences. A bot that only told something has asked nothing. */
export function askedTopics(previousBotMessage: string | null | undefined, asked?: string): Set<Topic> {
  const topics = new Set<Topic>();
  const declared = SIGNS.find(([topic]) => topic === asked);
  if (declared) topics.add(declared[0]);
  if (asked === "contact") topics.add("name");
  const sentences = (previousBotMessage ?? "").split(/(?<=[.?!])\s+/);
  for (const sentence of sentences.filter((part) => ASKS.test(part))) {
    for (const [topic, sign] of SIGNS) if (sign.test(sentence)) topics.add(topic);
  }
  if (topics.size === 0 && REPEATS.test(sentences.at(-1) ?? "")) topics.add("confirmation");
  return topics;
}
