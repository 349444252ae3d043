// How well the bot understands: node test/bench/brain.ts [file.jsonl] [--json]
//
// Slots and intents are measured on real apartment-hunting dialogues (see test/data/README.md), retrieval on
// the questions of test/data/faq-questions.json through SQLite's FTS5.
//
// A turn's annotated acts map to intents so; a turn of several acts is right with any of them:
//   REQUEST → ask_question                      REQUEST_ALTS → find_home
//   AFFIRM, AFFIRM_INTENT, SELECT → affirm      NEGATE, NEGATE_INTENT → deny
//   GOODBYE, THANK_YOU → goodbye                INFORM, INFORM_INTENT → the running goal:
//                                               FindApartment find_home, ScheduleVisit schedule_tour
// Turns that order a taxi or a calendar entry are annotated too (mostly THANK_YOU) and counted as they are.
//
// A slot counts as right when its value is equal. Where a tour day was said but not the one scheduled in the
// end, the data has its words only; their date is taken from another turn of the file with the same words.
// Slots annotated "dontcare" are left out.
import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import {
  CONFIDENT_SCORE,
  type FaqRow,
  ftsQuery,
  rankFaqs,
} from "../../src/modules/conversations/brain/rank-faqs.ts";
import { understand } from "../../src/modules/conversations/brain/understand.ts";

type Turn = {
  bot: string | null;
  user: string;
  intent: "FindApartment" | "ScheduleVisit" | "NONE";
  acts: string[];
  slots: Record<string, unknown> & { tour_date_text?: string[]; tour_date?: string };
};
type Faq = { faq_id: string; question: string; answer: string };
type Questions = { faqs: Faq[]; questions: { text: string; faq_id: string | null }[] };
type Count = { right: number; said: number; meant: number };

const SLOTS = ["bedrooms", "bathrooms", "has_pets", "furnished", "tour_date"] as const;
const NOW = new Date("2019-03-01T17:00:00Z");
const ACT_INTENTS: Record<string, string> = {
  REQUEST: "ask_question",
  REQUEST_ALTS: "find_home",
  AFFIRM: "affirm",
  AFFIRM_INTENT: "affirm",
  SELECT: "affirm",
  NEGATE: "deny",
  NEGATE_INTENT: "deny",
  GOODBYE: "goodbye",
  THANK_YOU: "goodbye",
};

const file =
  process.argv.slice(2).find((argument) => !argument.startsWith("--")) ?? "test/data/sgd-homes-dev.jsonl";
const report = { file, ...measureUnderstanding(readTurns(file)), retrieval: measureRetrieval() };
if (process.argv.includes("--json")) console.log(JSON.stringify(report, null, 2));
else print();

function readTurns(path: string): Turn[] {
  return readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Turn);
}

function measureUnderstanding(turns: Turn[]) {
  const counts = Object.fromEntries(SLOTS.map((name) => [name, { right: 0, said: 0, meant: 0 } as Count]));
  const dates = datesByWords(turns);
  let rightIntents = 0;
  const startedAt = performance.now();
  for (const turn of turns) {
    const read = understand(turn.user, {
      now: NOW,
      timeZone: "America/Los_Angeles",
      previousBotMessage: turn.bot,
    });
    if (intentsOf(turn).has(read.intent)) rightIntents++;
    const meant: Record<string, unknown> = {
      ...turn.slots,
      tour_date: turn.slots.tour_date ?? wordsDate(turn, dates),
    };
    for (const name of SLOTS) count(counts[name]!, read.slots[name], meant[name]);
  }
  const msPerMessage = round((performance.now() - startedAt) / turns.length);
  const slots = Object.fromEntries(SLOTS.map((name) => [name, rates(counts[name]!)]));
  return {
    turns: turns.length,
    ms_per_message: msPerMessage,
    slots,
    intent_accuracy: round(rightIntents / turns.length),
  };
}

function intentsOf({ acts, intent }: Turn): Set<string> {
  const goal = intent === "ScheduleVisit" ? "schedule_tour" : "find_home";
  return new Set(acts.map((act) => ACT_INTENTS[act] ?? goal));
}

function datesByWords(turns: Turn[]): Map<string, string> {
  const known = turns.filter(
    ({ slots }) => slots.tour_date !== undefined && slots.tour_date_text?.length === 1,
  );
  return new Map(known.map(({ slots }) => [slots.tour_date_text![0]!.toLowerCase(), slots.tour_date!]));
}

function wordsDate({ slots }: Turn, dates: Map<string, string>): string | undefined {
  if (slots.tour_date_text === undefined) return undefined;
  return slots.tour_date_text.map((words) => dates.get(words.toLowerCase())).find(Boolean) ?? "dontcare";
}

function count(into: Count, said: unknown, meant: unknown): void {
  if (meant === "dontcare") return;
  if (said !== undefined) into.said++;
  if (meant !== undefined) into.meant++;
  if (said !== undefined && said === meant) into.right++;
}

function rates({ right, said, meant }: Count) {
  const precision = said === 0 ? 0 : right / said;
  const recall = meant === 0 ? 0 : right / meant;
  const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { precision: round(precision), recall: round(recall), f1: round(f1), meant };
}

function measureRetrieval() {
  const { faqs, questions } = JSON.parse(readFileSync("test/data/faq-questions.json", "utf8")) as Questions;
  const search = indexOf(faqs);
  const answerable = questions.filter(({ faq_id }) => faq_id !== null);
  const others = questions.filter(({ faq_id }) => faq_id === null);
  const found = answerable.filter(({ text, faq_id }) => search(text)[0]?.faq_id === faq_id).length;
  const answered = answerable.filter(({ text, faq_id }) => confident(search(text))?.faq_id === faq_id).length;
  const abstained = others.filter(({ text }) => confident(search(text)) === undefined).length;
  return {
    questions: answerable.length,
    top1: round(found / answerable.length),
    answered_right: round(answered / answerable.length),
    unanswerable: others.length,
    abstained: round(abstained / others.length),
    threshold: CONFIDENT_SCORE,
  };
}

function confident(matches: ReturnType<typeof rankFaqs>) {
  return matches.find(({ score }, index) => index === 0 && score >= CONFIDENT_SCORE);
}

function indexOf(faqs: Faq[]) {
  const db = new DatabaseSync(":memory:");
  db.exec(
    "CREATE VIRTUAL TABLE faqs USING fts5(faq_id UNINDEXED, question, answer, tokenize = 'porter unicode61')",
  );
  const insert = db.prepare("INSERT INTO faqs VALUES (?, ?, ?)");
  for (const { faq_id, question, answer } of faqs) insert.run(faq_id, question, answer);
  const find = db.prepare(
    "SELECT faq_id, question, answer, bm25(faqs) AS bm25 FROM faqs WHERE faqs MATCH ? ORDER BY bm25 LIMIT 10",
  );
  return (text: string) => {
    const query = ftsQuery(text);
    return query === null ? [] : rankFaqs(text, find.all(query) as FaqRow[]);
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function print(): void {
  const { slots, retrieval } = report;
  console.log(`${file}: ${report.turns} turns, ${report.ms_per_message} ms a message\n`);
  console.log("slot        precision  recall   F1     said in");
  for (const [name, { precision, recall, f1, meant }] of Object.entries(slots)) {
    console.log(`${name.padEnd(12)}${show(precision)}      ${show(recall)}    ${show(f1)}  ${meant}`);
  }
  console.log(`\nintent accuracy    ${show(report.intent_accuracy)}`);
  console.log(`retrieval top-1    ${show(retrieval.top1)} of ${retrieval.questions} questions`);
  console.log(
    `answered right     ${show(retrieval.answered_right)} at a score of ${retrieval.threshold} or more`,
  );
  console.log(
    `rightly abstained  ${show(retrieval.abstained)} of ${retrieval.unanswerable} questions nothing answers`,
  );
}

function show(value: number): string {
  return value.toFixed(3);
}
