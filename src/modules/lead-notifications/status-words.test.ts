import { describe, expect, it } from "vitest";
import { spanInWords, waitInWords } from "./status-words.ts";

const hourMs = 3_600_000;

describe("waitInWords", () => {
  const lead = { entityType: "lead", name: "Nora Field", waitedMs: 4 * hourMs };

  it("says who waits, how long and for what", () => {
    expect(waitInWords({ ...lead, status: "new", statusLabel: "New" })).toBe(
      "Nora Field has waited 4 h for an answer",
    );
    expect(
      waitInWords({ ...lead, status: "qualified", statusLabel: "Qualified", waitedMs: 72 * hourMs }),
    ).toBe("Nora Field has been qualified for 3 days without a tour");
  });

  it("names the status of what it has no words for", () => {
    expect(waitInWords({ ...lead, entityType: "order", status: "picking", statusLabel: "Picking" })).toBe(
      'Nora Field has been "Picking" for 4 h',
    );
  });
});

describe("spanInWords", () => {
  it.each([
    [0, "1 min"],
    [59 * 60_000, "59 min"],
    [hourMs, "1 h"],
    [47.9 * hourMs, "47 h"],
    [48 * hourMs, "2 days"],
  ])("turns %d ms into %s", (ms, words) => {
    expect(spanInWords(ms)).toBe(words);
  });
});
