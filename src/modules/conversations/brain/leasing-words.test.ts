import { expect, it } from "vitest";
import { contentWords, weighedTerms, wordsAlike } from "./leasing-words.ts";

it("drops the words that say nothing", () => {
  expect(contentWords("Hi, can you tell me if there is a gym?")).toEqual(["gym"]);
});

it("joins phrases of one meaning", () => {
  expect(contentWords("How much is the A/C and Wi-Fi?")).toEqual(["price", "airconditioning", "wifi"]);
});

it("knows the words of a subject, the asked one first", () => {
  expect(wordsAlike("dog")[0]).toBe("dog");
  expect(wordsAlike("dog")).toContain("pets");
  expect(wordsAlike("zebra")).toEqual(["zebra"]);
  expect(wordsAlike("constructor")).toEqual(["constructor"]);
});

it("weighs the subject over the words around it", () => {
  const terms = weighedTerms("Do you allow dogs and snakes?");
  expect(terms.get("pet")).toBe(1);
  expect(new Set(terms.values())).toEqual(new Set([0.15, 0.4, 1]));
  expect(weighedTerms("is smoking permitted").keys().next().value).toBe("smoking");
});

it("joins the forms of a word", () => {
  const forms = ["require", "requires", "required", "requiring"].map(
    (word) => [...weighedTerms(word).keys()][0],
  );
  expect(new Set(forms).size).toBe(1);
});
