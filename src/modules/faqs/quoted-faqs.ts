import { CONFIDENT_SCORE, type FaqMatch } from "../conversations/brain/rank-faqs.ts";

/** The approved answers a reply quotes: those that fit well enough and stand in it word for word. */
export function quotedFaqs(answers: { matches: FaqMatch[] }[], reply: string): FaqMatch[] {
  const spoken = `\n\n${reply}\n\n`;
  const quoted = answers
    .flatMap(({ matches }) => matches)
    .filter(({ score, answer }) => score >= CONFIDENT_SCORE && spoken.includes(`\n\n${answer}\n\n`));
  return [...new Map(quoted.map((match) => [match.answer, match])).values()];
}
