import type { Clause } from "./clauses.ts";
import { searchesHome } from "./home-search.ts";
import type { Topic } from "./understanding.ts";

const MENTION = /\b(?:un-?)?furnished\b|\bfurniture\b|\bfurnishings?\b/i;
const WITHOUT =
  /\bun-?furnished\b|\b(?:not|isn't|n't (?:have to|need to) be|without|no) (?:be )?(?:furnished|furniture)\b|\b(?:own|bringing (?:my|our)) furniture\b|\bnon-?furnished\b|\bn't (?:need|want) (?:it |a |any |to be )*(?:furnished|furniture)\b/i;
const DOES_NOT_MATTER =
  /\b(?:don't care|doesn't matter|not important|no preference|either (?:way|is)|or unfurnished|or not)\b/i;
const OWN_THINGS =
  /\b(?:buy|purchase|buying)\b|\bn't have (?:much|a lot of|enough|many)\b|\bnot have (?:much|a lot of|enough|many)\b/i;
const COMPLAINT =
  /\b(?:it|that|this|which|place|one|apartment)(?:'s| is| was) (?:not furnished|unfurnished)\b/i;

/** Whether the visitor wants a furnished home; a question about a home on offer says nothing of it. */
export function readFurnished(clauses: Clause[], asked: Set<Topic>, answer: "yes" | "no" | null) {
  const mentions = clauses.filter(
    (clause) => MENTION.test(clause.text) && !DOES_NOT_MATTER.test(clause.text),
  );
  const wishes = mentions.filter((clause) => clause.kind !== "question" || searchesHome(clause));
  const wish = wishes.find((clause) => !COMPLAINT.test(clause.text) && !OWN_THINGS.test(clause.text));
  if (wish) {
    const lacksOwn = /\bn't have (?:any |my own )?furniture\b|\bno furniture of\b/i.test(wish.text);
    return { furnished: lacksOwn || !WITHOUT.test(wish.text) };
  }
  const askedOnly = asked.has("furnished") && !asked.has("anything_else") && mentions.length === 0;
  return askedOnly && answer !== null ? { furnished: answer === "yes" } : {};
}
