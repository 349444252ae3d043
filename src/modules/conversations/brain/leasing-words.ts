/** Words of one leasing subject. A question and an answer meet in the subject, whatever word each uses. */
const SUBJECTS: Record<string, string> = {
  pet: "pet pets dog dogs cat cats puppy puppies kitten animal animals breed breeds",
  parking: "parking park parked garage carport car cars vehicle vehicles",
  ev: "ev charger charging",
  laundry: "laundry washer dryer washers dryers laundromat clothes",
  furnished: "furnished furniture furnishings unfurnished",
  fitness: "gym fitness workout exercise treadmill weights",
  pool: "pool swim swimming jacuzzi",
  price: "price prices pricing cost costs rate rates expensive pay",
  rent: "rent rental rents",
  deposit: "deposit deposits",
  fee: "fee fees charge charges surcharge",
  application: "apply application applying applicant applicants",
  utilities: "utility utilities water electricity electric gas sewer trash heat heating bill bills",
  internet: "internet wifi cable broadband fiber",
  lease: "lease leases contract",
  term: "term terms length duration months",
  tour: "tour tours visit viewing showing",
  hours: "hours open opens opening close closes closing",
  smoking: "smoke smoking smoker vape vaping cigarette cigarettes",
  guest: "guest guests visitor visitors overnight",
  repair: "maintenance repair repairs fix broken leak leaking",
  elevator: "elevator elevators lift stairs",
  cooling: "airconditioning ac conditioner hvac cooling",
  storage: "storage locker lockers",
  balcony: "balcony balconies patio terrace",
  parcel: "package packages parcel parcels mail deliveries delivery",
  income: "income salary earn earnings qualify screening",
  credit: "credit",
  insurance: "insurance insured",
  sublet: "sublet subletting sublease airbnb",
  voucher: "voucher vouchers section8",
  contact: "phone telephone contact email call reach",
  location: "address located location directions",
  security: "security gate gated camera cameras safe safety",
  appliances: "dishwasher oven stove microwave fridge refrigerator appliance appliances",
  access: "wheelchair accessible accessibility",
  break: "break early terminate termination",
  movein: "movein moving",
};

const PHRASES: [RegExp, string][] = [
  [/\bhow much\b/g, "price"],
  [/\$\s?\d/g, " price "],
  [/\bsecurity deposit\b/g, "deposit"],
  [/\bdog parks?\b/g, "dogpark"],
  [/\b(?:car|vehicle) charg\w+|\bcharg\w+ (?:station|point|my (?:car|tesla))\w*|\btesla\b/g, "ev"],
  [/\bair[\s-]?con(?:ditioning|ditioner|d)?\b|\ba\/c\b/g, "airconditioning"],
  [/\bhot tub\b/g, "jacuzzi"],
  [/\bwork(?:ing)? out\b/g, "workout"],
  [/\bsection (?:8|eight)\b/g, "section8"],
  [/\bwi[\s-]fi\b/g, "wifi"],
  [/\bmov(?:e|ing)[\s-]?in\b/g, "movein"],
  [/\bwash(?:ing)? (?:machine|my clothes|clothes)\b/g, "laundry"],
  [/\be-?mail\b/g, "email"],
];

const STOP = new Set(
  (
    "a an the and or but if so of to in on at for from with by as is are am was were be been being do does did have has had " +
    "i me my we our us you your they their them it its this that these those there here he she his her what which who whom " +
    "when where why how can could may might will would shall should must please tell know want like need get got any some " +
    "about just also too very really hi hello hey thanks thank ok okay yes no not n't dont s t m re ve ll d let give show say " +
    "wondering curious question questions ask asking anything something thing things per each every much many one"
  ).split(" "),
);

/** Words that shape a question without naming its subject. */
const SHAPING = new Set(
  (
    "allow accept permit include offer provide policy rule available apartment apart home unit building complex property place " +
    "community room bedroom month monthly time take come bring use own live resident people require requirement cost due " +
    "office day week minimum maximum extra additional site onsite"
  )
    .split(" ")
    .map(stem),
);

const SUBJECT_OF = new Map(
  Object.entries(SUBJECTS).flatMap(([subject, words]) =>
    [subject, ...words.split(" ")].map((word) => [word, subject] as const),
  ),
);

/** The words a text can be found by: lower case, phrases joined, without the words that say nothing. */
export function contentWords(text: string): string[] {
  let joined = lowerCased(text);
  for (const [phrase, word] of PHRASES) joined = joined.replace(phrase, word);
  return tellingWords(joined);
}

/** The same with phrases as they are written, which is how an index of plain text has them. */
export function writtenWords(text: string): string[] {
  return tellingWords(lowerCased(text));
}

function lowerCased(text: string): string {
  return text.toLowerCase().replace(/[’']/g, "'");
}

function tellingWords(plain: string): string[] {
  const words = plain.replace(/'(?:s|re|ve|ll|d|m|t)\b/g, "").match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.filter((word) => !STOP.has(word) && (word.length > 1 || /\d/.test(word)));
}

/** Every word for the subject of a word, the word itself first. */
export function wordsAlike(word: string): string[] {
  const subject = SUBJECT_OF.get(word);
  const alike = subject === undefined ? [] : (SUBJECTS[subject] ?? "").split(" ");
  return [word, ...alike.filter((other) => other !== word)];
}

/** Subjects asked of other subjects: "how much is parking" is about parking. */
const MODIFIERS = new Set(["price", "rent", "fee", "term"]);

/** Subjects weigh 1, other words and subjects that go with any other 0.4, words that only shape a question 0.15. */
export function weighedTerms(text: string): Map<string, number> {
  const terms = new Map<string, number>();
  for (const word of contentWords(text)) {
    const subject = SUBJECT_OF.get(word);
    const term = subject ?? stem(word);
    terms.set(
      term,
      subject === undefined ? (SHAPING.has(term) ? 0.15 : 0.4) : MODIFIERS.has(subject) ? 0.4 : 1,
    );
  }
  return terms;
}

/** Enough to join the forms of one word; the index itself uses FTS5's porter stemmer. */
function stem(word: string): string {
  return word
    .replace(/ies$/, "y")
    .replace(/(?<=s|x|z|ch|sh)es$/, "")
    .replace(/(?<=[a-z]{2}[^su])s$/, "")
    .replace(/(?<=[a-z]{3})(?:ing|ed|ly)$/, "")
    .replace(/(?<=[a-z]{3})e$/, "");
}
