import { expect, it } from "vitest";
import { contrastOf, themeOf } from "./colour.ts";

it("measures contrast as WCAG does", () => {
  expect(contrastOf("#000000", "#ffffff")).toBeCloseTo(21);
  expect(contrastOf("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
});

it("stays readable with every theme colour", () => {
  const steps = ["00", "33", "66", "77", "99", "cc", "ff"];
  for (const red of steps)
    for (const green of steps)
      for (const blue of steps) {
        const theme = themeOf(`#${red}${green}${blue}`);
        expect(contrastOf(theme.accent, theme.onAccent)).toBeGreaterThanOrEqual(4.5);
        expect(contrastOf(theme.accentOnLight, "#f2f4f3")).toBeGreaterThanOrEqual(4.5);
        expect(contrastOf(theme.accentOnLight, "#ffffff")).toBeGreaterThanOrEqual(4.5);
        expect(contrastOf(theme.accentOnDark, "#2a2f2e")).toBeGreaterThanOrEqual(4.5);
      }
});

it("keeps a colour that is readable as it is", () => {
  expect(themeOf("#0a5")).toMatchObject({ accent: "#00aa55" });
  expect(themeOf("#123456")).toMatchObject({ accentOnLight: "#123456", onAccent: "#ffffff" });
});

it.each([null, "", "tomato", "url(//evil)", "#12"])("falls back to its own colour for %j", (colour) => {
  expect(themeOf(colour).accent).toBe("#1f5e52");
});
