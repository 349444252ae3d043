import { describe, expect, it } from "vitest";
import {
  addBusinessHours,
  addBusinessTime,
  type BusinessCalendar,
  businessHoursBetween,
  businessTimeBetween,
  validateCalendar,
} from "./business-time.ts";
import type { HoursWindow } from "../properties/office-hours.ts";

const at = (text: string) => Date.parse(text);
const iso = (ms: number) => new Date(ms).toISOString();
const nineToFive = [{ open: "09:00", close: "17:00" }];

function workWeek(time_zone: string, windows: HoursWindow[] = nineToFive): BusinessCalendar {
  const hours = { mon: windows, tue: windows, wed: windows, thu: windows, fri: windows };
  return { version: "1", time_zone, hours };
}

function everyDay(time_zone: string, windows: HoursWindow[]): BusinessCalendar {
  const week = workWeek(time_zone, windows);
  return { ...week, hours: { ...week.hours, sat: windows, sun: windows } };
}

const chicago = workWeek("America/Chicago");

describe("addBusinessHours", () => {
  it.each([
    ["Friday 16:30 and one hour is Monday 09:30", "2026-01-09T22:30:00Z", 1, "2026-01-12T15:30:00Z"],
    [
      "ends at the close of a window, not at the next opening",
      "2026-01-09T22:00:00Z",
      1,
      "2026-01-09T23:00:00Z",
    ],
    ["starts counting at the opening", "2026-01-12T03:00:00Z", 2, "2026-01-12T17:00:00Z"],
    ["a weekend start counts from Monday", "2026-01-10T18:00:00Z", 0.5, "2026-01-12T15:30:00Z"],
    ["forty hours are one week", "2026-01-12T15:00:00Z", 40, "2026-01-16T23:00:00Z"],
    ["no hours is now", "2026-01-10T18:00:00Z", 0, "2026-01-10T18:00:00Z"],
  ])("%s", (_rule, from, hours, due) => {
    expect(iso(addBusinessHours(at(from), hours, chicago))).toBe(iso(at(due)));
  });

  it("counts around the clock without a calendar", () => {
    expect(iso(addBusinessHours(at("2026-01-09T22:30:00Z"), 1.5, null))).toBe("2026-01-10T00:00:00.000Z");
  });

  it("passes over the lunch break between two windows", () => {
    const split = workWeek("America/Chicago", [
      { open: "13:00", close: "17:00" },
      { open: "09:00", close: "12:00" },
    ]);
    expect(iso(addBusinessHours(at("2026-01-12T17:30:00Z"), 1, split))).toBe("2026-01-12T19:30:00.000Z");
  });

  it("skips holidays and shortens half days", () => {
    const festive: BusinessCalendar = {
      ...chicago,
      hours: {
        ...chicago.hours,
        holidays: [
          { date: "2026-12-24", name: "Christmas Eve", windows: [{ open: "09:00", close: "12:00" }] },
          { date: "2026-12-25", name: "Christmas", closed: true },
        ],
      },
    };
    expect(iso(addBusinessHours(at("2026-12-24T17:00:00Z"), 2, festive))).toBe("2026-12-28T16:00:00.000Z");
  });

  it("refuses to search a calendar that is never open", () => {
    expect(() => addBusinessHours(0, 1, { ...chicago, hours: {} })).toThrow(/closed for/);
  });

  it("refuses to search for longer than a century", () => {
    const seldom = { ...chicago, hours: { mon: [{ open: "09:00", close: "09:01" }] } };
    expect(iso(addBusinessHours(at("2026-01-01T00:00:00Z"), 1, seldom))).toBe("2027-02-22T15:01:00.000Z");
    expect(() => addBusinessHours(0, 1000, seldom)).toThrow(/too seldom/);
  });
});

describe("the clocks change", () => {
  const nights = [{ open: "00:00", close: "06:00" }];
  it.each([
    // zone, local night, open hours between its midnight and 06:00
    ["America/Chicago", "2026-03-08T06:00:00Z", "2026-03-08T11:00:00Z", 5],
    ["America/Chicago", "2026-11-01T05:00:00Z", "2026-11-01T12:00:00Z", 7],
    ["Australia/Sydney", "2026-10-03T14:00:00Z", "2026-10-03T19:00:00Z", 5],
    ["Australia/Sydney", "2026-04-04T13:00:00Z", "2026-04-04T20:00:00Z", 7],
  ])("%s: the night from %s to %s has %d hours", (zone, midnight, six, hours) => {
    const calendar = everyDay(zone, nights);
    expect(businessHoursBetween(at(midnight), at(six), calendar)).toBe(hours);
    expect(iso(addBusinessHours(at(midnight), hours, calendar))).toBe(iso(at(six)));
    expect(businessHoursBetween(at(midnight) - 12 * 3_600_000, at(six) + 6 * 3_600_000, calendar)).toBe(
      hours,
    );
  });

  it.each([
    ["America/Chicago", "2026-03-06T22:00:00Z", "2026-03-09T15:00:00Z"],
    ["America/Chicago", "2026-10-30T21:00:00Z", "2026-11-02T16:00:00Z"],
    ["Australia/Sydney", "2026-10-02T06:00:00Z", "2026-10-04T23:00:00Z"],
    ["Australia/Sydney", "2026-04-03T05:00:00Z", "2026-04-06T00:00:00Z"],
  ])("%s: Friday 16:00 and two hours is Monday 10:00 local, across the change", (zone, from, due) => {
    expect(iso(addBusinessHours(at(from), 2, workWeek(zone)))).toBe(iso(at(due)));
  });

  it("a whole day is 23 or 25 hours long", () => {
    const always = everyDay("America/Chicago", [{ open: "00:00", close: "24:00" }]);
    expect(businessHoursBetween(at("2026-03-08T06:00:00Z"), at("2026-03-09T05:00:00Z"), always)).toBe(23);
    expect(businessHoursBetween(at("2026-11-01T05:00:00Z"), at("2026-11-02T06:00:00Z"), always)).toBe(25);
  });

  it("an opening that is skipped begins when the clocks jump, a window wholly skipped has no length", () => {
    const early = everyDay("America/Chicago", [{ open: "02:30", close: "04:00" }]);
    expect(iso(addBusinessHours(at("2026-03-08T06:00:00Z"), 1, early))).toBe("2026-03-08T09:00:00.000Z");
    const gone = everyDay("America/Chicago", [{ open: "02:00", close: "03:00" }]);
    expect(businessHoursBetween(at("2026-03-08T06:00:00Z"), at("2026-03-09T05:00:00Z"), gone)).toBe(0);
    const closing = everyDay("Australia/Sydney", [{ open: "00:00", close: "02:30" }]);
    expect(businessHoursBetween(at("2026-10-03T14:00:00Z"), at("2026-10-04T13:00:00Z"), closing)).toBe(2);
  });

  it("a time that comes twice means its first coming", () => {
    const late = everyDay("America/Chicago", [{ open: "01:15", close: "01:45" }]);
    expect(iso(addBusinessHours(at("2026-11-01T05:00:00Z"), 0.5, late))).toBe("2026-11-01T06:45:00.000Z");
  });
});

describe("adding and measuring agree", () => {
  const calendars: [string, BusinessCalendar | null][] = [
    ["around the clock", null],
    ["Chicago office", chicago],
    [
      "Sydney office",
      workWeek("Australia/Sydney", [
        { open: "08:30", close: "12:15" },
        { open: "13:00", close: "18:45" },
      ]),
    ],
    [
      "Chicago nights",
      everyDay("America/Chicago", [
        { open: "00:00", close: "03:30" },
        { open: "22:00", close: "24:00" },
      ]),
    ],
    [
      "Lord Howe, whose clocks change by half an hour",
      everyDay("Australia/Lord_Howe", [{ open: "01:00", close: "04:00" }]),
    ],
  ];

  it.each(calendars)("%s", (_name, calendar) => {
    let seed = 42;
    const random = () => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
    for (let round = 0; round < 150; round += 1) {
      const from = at("2026-01-01T00:00:00Z") + Math.floor(random() * 366 * 86_400_000);
      const first = Math.floor(random() * 20 * 3_600_000) + 1;
      const second = Math.floor(random() * 20 * 3_600_000) + 1;
      const due = addBusinessTime(from, first, calendar);
      expect(businessTimeBetween(from, due, calendar)).toBe(first);
      expect(businessTimeBetween(from, due - 1, calendar)).toBe(first - 1);
      expect(addBusinessTime(due, second, calendar)).toBe(addBusinessTime(from, first + second, calendar));
    }
  });
});

describe("validateCalendar", () => {
  const fields = (calendar: BusinessCalendar) => validateCalendar(calendar).map((problem) => problem.field);

  it("accepts an ordinary week", () => {
    expect(validateCalendar(chicago)).toEqual([]);
  });

  it("refuses a calendar without any open window", () => {
    expect(fields({ ...chicago, hours: { mon: [] } })).toEqual(["hours"]);
  });

  it("names every fault at once", () => {
    const faulty: BusinessCalendar = {
      version: "1",
      time_zone: "America/Springfield",
      hours: {
        mon: [{ open: "09:00", close: "08:00" }],
        tue: [{ open: "9:00", close: "17:00" }],
        holidays: [{ date: "2026-02-30", name: "Never", closed: true }],
      },
    };
    expect(fields(faulty)).toEqual([
      "time_zone",
      "hours.mon.0.close",
      "hours.tue.0.open",
      "hours.holidays.0.date",
    ]);
  });
});
