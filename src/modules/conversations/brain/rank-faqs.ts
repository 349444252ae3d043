import { contentWords, weighedTerms, wordsAlike, writtenWords } from "./leasing-words.ts";

/** An approved FAQ found by full-text search; `bm25` as SQLite gives it, the lower the better. */
export type FaqRow = { faq_id: string; question: string; answer: string; bm25: number };
export type FaqMatch = { faq_id: string; question: string; answer: string; score: number };

/**
 * Below this score no FAQ answers the question and the bot abstains. It asks, in effect, that the subject of
 * the question be in the FAQ's own question, or be spelled out in its answer with little else left open.
 */
export const CONFIDENT_SCORE = 0.58;

const MAX_WORDS = 24;

/**
 * A safe FTS5 MATCH string from free text: words that say nothing are dropped, each term is quoted, and the
 * words of one leasing subject stand in for each other. Null when nothing is left to look for.
 */
export function ftsQuery(text: string): string | null {
  const alike = contentWords(text).slice(0, MAX_WORDS).flatMap(wordsAlike);
  const words = [...new Set([...alike, ...writtenWords(text).slice(0, MAX_WORDS)])];
  return words.length === 0 ? null : words.map((word) => `"${word}"`).join(" OR ");
}

/**
 * score = 0.75 · coverage + 0.25 · focus, from 0 to 1, best first; for a question that names no subject of its
 * own ("when is rent due"), where shared small words prove little, it is √(coverage · focus).
 * Coverage is the weight of the visitor's terms found in the FAQ (a term only in its answer counts 0.8) over
 * the weight of them all; focus is the weight of the FAQ question's terms that the visitor named over all of
 * these. Terms are leasing subjects and word stems, see leasing-words.ts. Equal scores keep the order of bm25.
 */
export function rankFaqs(text: string, rows: FaqRow[]): FaqMatch[] {
  const asked = weighedTerms(text);
  return rows
    .toSorted((a, b) => a.bm25 - b.bm25)
    .map(({ faq_id, question, answer }) => ({
      faq_id,
      question,
      answer,
      score: score(asked, question, answer),
    }))
    .toSorted((a, b) => b.score - a.score);
}

function score(asked: Map<string, number>, question: string, answer: string): number {
  const inQuestion = weighedTerms(question);
  const inAnswer = weighedTerms(answer);
  const total = sum(asked.values());
  if (total === 0) return 0;
  let covered = 0;
  for (const [term, weight] of asked)
    covered += weight * (inQuestion.has(term) ? 1 : inAnswer.has(term) ? 0.8 : 0);
  const named = sum([...inQuestion].filter(([term]) => asked.has(term)).map(([, weight]) => weight));
  const focus = named / (sum(inQuestion.values()) || 1);
  const coverage = covered / total;
  const hasSubject = [...asked.values()].includes(1);
  const raw = hasSubject ? 0.75 * coverage + 0.25 * focus : Math.sqrt(coverage * focus);
  return Math.round(raw * 1000) / 1000;
}

function sum(weights: Iterable<number>): number {
  return [...weights].reduce((total, weight) => total + weight, 0);
}
