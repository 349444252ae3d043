const REPLACEMENTS: [RegExp, string][] = [
  [/[\u2018\u2019\u02bc`]/g, "'"],
  [/[\u201c\u201d]/g, '"'],
  [/[\u2013\u2014]/g, "-"],
  [/\b(bed|bath)[\s-]+(rooms?)\b/gi, "$1$2"],
  [/\b(?:bedrom|bedrrom|beedroom|bdroom|bedoom|bedrrom)(s?)\b/gi, "bedroom$1"],
  [/\b(?:bathrom|bathrrom|batroom|bathoom|batherom)(s?)\b/gi, "bathroom$1"],
  [
    /\b(?:appartment|apartement|apartament|aparment|apartmen|apratment|aprtment|apartmant|appartement)(s?)\b/gi,
    "apartment$1",
  ],
  [/\bapt(s?)\b\.?/gi, "apartment$1"],
  [/\b(?:funished|furnised|furnish|furninshed|furnitured|furnishd|fernished)\b/gi, "furnished"],
  [/\b(?:tommorow|tomorow|tommorrow|tomorrrow|tmrw|tmr|tmw|2moro|2morrow|tomm)\b/gi, "tomorrow"],
  [/\b(?:mon[dn]ay|munday|mondey)\b/gi, "monday"],
  [/\b(?:tuseday|teusday|tuesdy|tueday)\b/gi, "tuesday"],
  [/\b(?:wensday|wednsday|wendsday|wedensday|wednesdy|weds)\b/gi, "wednesday"],
  [/\b(?:thrusday|thursdy|thurday|thur|thurs)\b\.?/gi, "thursday"],
  [/\b(?:firday|fridy|friady)\b/gi, "friday"],
  [/\b(?:saterday|satruday|saturdy|satuday|satday)\b/gi, "saturday"],
  [/\b(?:sundy|sundday)\b/gi, "sunday"],
  [/\b(?:janurary|januray)\b/gi, "january"],
  [/\b(?:febuary|feburary|februrary)\b/gi, "february"],
  [/\b(?:agust|augest)\b/gi, "august"],
  [/\b(?:septemeber|setpember|sept)\b\.?/gi, "september"],
  [/\b(pet|dog|cat)s?-?friendly\b/gi, "$1 friendly"],
  [/\bnxt\b/gi, "next"],
  [/\bwk(s?)\b/gi, "week$1"],
  [/\b(?:pls|plz|plese|pleas)\b/gi, "please"],
  [/\bw\/\s*/gi, "with "],
  [/\b(\d{1,2}(?::\d{2})?)([ap])\b/gi, "$1 $2m"],
  [/\bhow '?bout\b/gi, "how about"],
  [/\bavail\b\.?/gi, "available"],
  [/\bbdrms?\b/gi, "bedroom"],
  [/\bu\b(?!\.)/gi, "you"],
  [/\bwanna\b/gi, "want to"],
  [/\bgonna\b/gi, "going to"],
  [/\bi'?m\b/gi, "I'm"],
  [/\b(do|does|did|is|are|was|would|could|should|have|has|ca|wo)nt\b/gi, "$1n't"],
  [/\b(what|that|where|how|who|when|there)s\b(?=\s)/gi, "$1's"],
  [/\s+/g, " "],
];

/** The message with the spellings of phone keyboards mended, so that the readers need one spelling each. */
export function cleanMessage(message: string): string {
  let text = message;
  for (const [wrong, right] of REPLACEMENTS) text = text.replace(wrong, right);
  return text.trim();
}
