import { Chrono } from "chrono-node/en";
import { expect, it } from "vitest";
import { leasingParsers, leasingRefiners } from "./date-parsers.ts";

const reader = new Chrono({ parsers: leasingParsers, refiners: leasingRefiners });
const read = (text: string, instant = "2024-01-31T00:00:00Z") =>
  reader.parse(text, { instant: new Date(instant), timezone: 0 }).map(({ text: words, start }) => {
    const [year, month, day] = (["year", "month", "day"] as const).map((part) => start.get(part));
    return `${words}: ${year}-${month}-${day}`;
  });

it("counts from the day of the reference, whatever the clock of the machine", () => {
  expect(read("the 31st")).toEqual(["the 31st: 2024-1-31"]);
  expect(read("day after tomorrow")).toEqual(["day after tomorrow: 2024-2-2"]);
});

it("skips a month that is too short for the day", () => {
  expect(read("the 30th")).toEqual(["the 30th: 2024-3-30"]);
});

it("knows leap years at the end of a month", () => {
  expect(read("end of february")).toEqual(["end of february: 2024-2-29"]);
});

it("rolls over the year", () => {
  expect(read("mid january", "2024-12-30T00:00:00Z")).toEqual(["mid january: 2025-1-15"]);
  expect(read("beginning of next month", "2024-12-30T00:00:00Z")).toEqual([
    "beginning of next month: 2025-1-1",
  ]);
});
