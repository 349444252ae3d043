import { describe, expect, it } from "vitest";
import { quotedFaqs } from "./quoted-faqs.ts";

const parking = { faq_id: "f1", question: "Is there parking?", answer: "Yes, a garage.", score: 0.9 };
const pool = { faq_id: "f2", question: "Is there a pool?", answer: "Yes.", score: 0.8 };
const asked = [{ matches: [parking, { ...pool, score: 0.3 }] }, { matches: [pool] }];

describe("quotedFaqs", () => {
  it("finds every answer the reply is made of", () => {
    expect(quotedFaqs(asked, "Yes, a garage.\n\nYes.\n\nWould you like to see it?")).toEqual([parking, pool]);
  });

  it("takes no answer for quoted that is only part of another", () => {
    expect(quotedFaqs(asked, "Yes, a garage. Yes. And more")).toEqual([]);
  });

  it("leaves out what did not fit", () => {
    expect(quotedFaqs([{ matches: [{ ...pool, score: 0.3 }] }], "Yes.")).toEqual([]);
  });

  it("knows an answer of several paragraphs", () => {
    const long = { ...parking, answer: "Yes.\n\nAsk at the desk." };
    expect(quotedFaqs([{ matches: [long] }], "Yes.\n\nAsk at the desk.\n\nAnything else?")).toEqual([long]);
  });
});
