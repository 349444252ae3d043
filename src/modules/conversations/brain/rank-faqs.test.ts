import { describe, expect, it } from "vitest";
import { CONFIDENT_SCORE, ftsQuery, rankFaqs } from "./rank-faqs.ts";

const rows = [
  {
    faq_id: "pets",
    question: "Do you allow pets?",
    answer: "Two pets are welcome. Pet rent is $35 a month.",
    bm25: -1,
  },
  {
    faq_id: "parking",
    question: "Is parking included?",
    answer: "One space comes with each home.",
    bm25: -2,
  },
  {
    faq_id: "utilities",
    question: "Which utilities are included in the rent?",
    answer: "Water and trash.",
    bm25: -3,
  },
];
const best = (text: string) => rankFaqs(text, rows)[0];

describe("the query", () => {
  it("quotes every word and adds the words of its subject", () => {
    const query = ftsQuery("can I bring my dog?") ?? "";
    expect(query.split(" OR ")).toContain('"pets"');
    expect(query.split(" OR ").every((term) => /^"[\p{L}\p{N}]+"$/u.test(term))).toBe(true);
  });

  it.each(['what about "" OR NEAR(dog b) *', "gym' -- ; (pool", "col:cats^2 + dogs*"])(
    "of %j holds no syntax of the visitor's",
    (text) => {
      expect(ftsQuery(text)).toMatch(/^"[a-z0-9]+"(?: OR "[a-z0-9]+")*$/);
    },
  );

  it.each(["", "?!", "is it the", "🙂"])("is null for %j, which leaves nothing to look for", (text) => {
    expect(ftsQuery(text)).toBeNull();
  });

  it.each(["dog park", "wi-fi", "section 8", "air conditioning"])(
    "finds %j as an index of plain text has it",
    (words) => {
      const query = (ftsQuery(`Is there ${words}?`) ?? "").split(" OR ");
      const telling = words.split(/[ -]/).filter((word) => word !== "8");
      expect(query).toEqual(expect.arrayContaining(telling.map((word) => `"${word}"`)));
    },
  );

  it("stays short for a long message", () => {
    expect((ftsQuery("dog parking gym ".repeat(500)) ?? "").length).toBeLessThan(2000);
  });
});

describe("the score", () => {
  it.each([
    ["are cats ok", "pets"],
    ["where do I put my car", "parking"],
    ["is water included", "utilities"],
  ])("finds %j", (text, faqId) => {
    expect(best(text)?.faq_id).toBe(faqId);
    expect(best(text)?.score).toBeGreaterThanOrEqual(CONFIDENT_SCORE);
  });

  it.each(["When is rent due?", "is there a pool", "do you allow parties", "what is included"])(
    "stays below the threshold for %j, which nothing answers",
    (text) => {
      expect(best(text)?.score).toBeLessThan(CONFIDENT_SCORE);
    },
  );

  it("is 1 for the FAQ's own question and 0 for nothing", () => {
    expect(best("Do you allow pets?")?.score).toBe(1);
    expect(best("")?.score).toBe(0);
  });

  it("leaves equal scores in the order of the index", () => {
    expect(rankFaqs("zebra", rows).map(({ faq_id }) => faq_id)).toEqual(["utilities", "parking", "pets"]);
  });
});
