import { describe, expect, it } from "vitest";
import { smsWords, subjectWords } from "./notice-words.ts";

const words = { title: "New tour", body: "Robin Field,\n tomorrow at ten", count: 1, place: "Maple Court" };

describe("the words of a notice", () => {
  it("say how many happenings they stand for", () => {
    expect(subjectWords(words)).toBe("New tour");
    expect(subjectWords({ ...words, count: 3 })).toBe("New tour (3)");
  });

  it("are one line in a text message, with the place first", () => {
    expect(smsWords(words)).toBe("Maple Court: New tour. Robin Field, tomorrow at ten");
    expect(smsWords({ ...words, place: null })).toBe("New tour. Robin Field, tomorrow at ten");
  });

  it("are not said twice", () => {
    expect(smsWords({ ...words, body: "New tour" })).toBe("Maple Court: New tour");
  });

  it("are cut before a text message gets long", () => {
    const long = smsWords({ ...words, body: "word ".repeat(200) });
    expect(long.length).toBeLessThanOrEqual(300);
    expect(long.endsWith("…")).toBe(true);
  });
});
