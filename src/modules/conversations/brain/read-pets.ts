import type { Clause } from "./clauses.ts";
import { searchesHome } from "./home-search.ts";
import { COUNT } from "./read-number.ts";
import type { Slots, Topic } from "./understanding.ts";

const ANIMAL = String.raw`(?:pets?|dogs?|cats?|pupp(?:y|ies)|kittens?|kitt(?:y|ies)|animals?|birds?|parrots?|rabbits?|bunn(?:y|ies)|hamsters?|labs?|labradors?|retrievers?|terriers?|poodles?|bulldogs?|pitbulls?|pit bulls?|huskys?|huskies|chihuahuas?|shepherds?|corgis?|beagles?|dachshunds?|lizards?|fish)`;
const MENTION = new RegExp(String.raw`\b${ANIMAL}\b`, "i");
const NO_PETS = new RegExp(
  String.raw`\b(?:no|without|zero|not any|don't have (?:any |an? )?|do not have (?:any |an? )?|haven't (?:got )?(?:any )?|don't own (?:any )?|have no|not bringing (?:any )?|won't have (?:any )?)\s*${ANIMAL}\b(?!\s+(?:allowed|permitted|policy|building|fee|rent))|\bpet[- ]?free\b|\bno pet\b(?!\s*(?:fee|rent|deposit|policy))`,
  "i",
);
const OWN = new RegExp(
  String.raw`\b(?:i|we|i've|we've|I'm|we're)\s+(?:also |do |just |currently )?(?:have|got|own|bring|bringing|having|am getting|getting|travel with)\b[^.?!]{0,40}?\b${ANIMAL}\b|\b(?:my|our)\s+(?:\w+ ){0,3}?${ANIMAL}\b|\bwith (?:(?:a|an|${COUNT}|my|our|some|few|small|large|big|old|pets?)\s+){1,3}?${ANIMAL}\b|\b${ANIMAL} (?:owner|lover|parent)\b`,
  "i",
);
const TRAIT = String.raw`(?:(?!(?:that|which|who|place|home|apartment|unit|bed\w*|bath\w*|takes?|allows?|for|with|in|to|is|has|can|and|i|we|my|month|question)\b)(?:[a-z]+|\d+)[\s-]+){0,4}?`;
const DETAILS = new RegExp(
  String.raw`\b((?:(?:${COUNT}|an?)\s+)${TRAIT}${ANIMAL}(?:\s*(?:,|and|&|\+)\s*(?:${COUNT}|an?)\s+${TRAIT}${ANIMAL})*)\b|\b(?:my|our)\s+(${TRAIT}${ANIMAL})\b`,
  "i",
);
const ASSISTANCE =
  /\b(?:service|assistance|support|guide|seeing[- ]eye|therapy|emotional support)[- ](?:dog|cat|animal|pet)s?\b|\besas?\b|\bemotional support\b/i;
const WANTED =
  /\b(?:need|want|must|should|ought|has to|have to|require|make sure|prefer|like|love|looking|look|search|find|only|allow(?:s|ed|ing)?|permit(?:s|ted)?|welcomes?|welcomed|friendly|with|yes|accepts?|accepted|ok|okay|fine|bring|keep|tolerated?)\b/i;
const PERMISSION = /\b(?:can|could|may|would|will|able|allowed|possible|is|are)\b/i;
const DOES_NOT_MATTER = /\b(?:don't care|doesn't matter|not important|no preference|either way)\b/i;
const COMPLAINT =
  /(?:\bnot\b|n't\b|\bwithout\b)[^.?!,]*\b(?:allow\w*|permit\w*|accept\w*|friendly|welcome\w*)\b/i;

/** Whether a message speaks of an assistance animal (service dog, emotional support animal). */
export function namesAssistanceAnimal(text: string): boolean {
  return ASSISTANCE.test(text);
}

/** Pets a visitor has or needs allowed. Asking what the rule is says nothing about the visitor. */
export function readPets(text: string, clauses: Clause[], asked: Set<Topic>, answer: "yes" | "no" | null) {
  const pets: Pick<Slots, "has_pets" | "pet_details"> = {};
  if (namesAssistanceAnimal(text)) return pets;
  const mentions = clauses.filter((clause) => MENTION.test(clause.text));
  if (mentions.some((clause) => NO_PETS.test(clause.text))) return { has_pets: false };
  if (mentions.some((clause) => tellsOfPets(clause, asked))) {
    pets.has_pets = true;
    const details = DETAILS.exec(text);
    const words = (details?.[1] ?? details?.[2])?.trim();
    if (words !== undefined && !/\b(?:pets?|animals?)$/i.test(words)) pets.pet_details = words;
    return pets;
  }
  const askedOnlyPets = asked.has("pets") && !asked.has("anything_else") && mentions.length === 0;
  if (askedOnlyPets && answer !== null) pets.has_pets = answer === "yes";
  return pets;
}

function tellsOfPets(clause: Clause, asked: Set<Topic>): boolean {
  if (DOES_NOT_MATTER.test(clause.text)) return false;
  if (clause.kind === "question" && !searchesHome(clause))
    return OWN.test(clause.text) && !PERMISSION.test(clause.text);
  if (OWN.test(clause.text) || searchesHome(clause)) return true;
  if (COMPLAINT.test(clause.text)) return false;
  return WANTED.test(clause.text) || asked.has("pets") || DETAILS.test(clause.text);
}
