import { describe, expect, it } from "vitest";
import type { OfficeHours } from "../properties/office-hours.ts";
import { nearestSlots, openSlotAt, openSlots, type TourDiary } from "./open-slots.ts";
import type { Taken } from "./slot-room.ts";
import { slotRules, type TourRules } from "./tour-rules.ts";

const chicago = "America/Chicago";
const sydney = "Australia/Sydney";
const minute = 60_000;
const nineToNoon: OfficeHours = everyDay([{ open: "09:00", close: "12:00" }]);

function everyDay(windows: { open: string; close: string }[]): OfficeHours {
  return { mon: windows, tue: windows, wed: windows, thu: windows, fri: windows, sat: windows, sun: windows };
}

function diary(change: Partial<TourDiary> & { tour?: TourRules } = {}): TourDiary {
  const { tour, ...rest } = change;
  return {
    zone: chicago,
    hours: nineToNoon,
    rules: slotRules(tour, "in_person"),
    guides: null,
    taken: [],
    busy: [],
    nowMs: Date.parse("2027-01-04T00:00:00Z"),
    ...rest,
  };
}

const utc = (slots: { startMs: number }[]) =>
  slots.map((slot) => new Date(slot.startMs).toISOString().slice(0, 16));

function local(slots: { startMs: number }[], zone: string): string[] {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" });
  return slots.map((slot) => format.format(slot.startMs));
}

function taken(start: string, change: Partial<Taken> = {}): Taken {
  const startMs = Date.parse(start);
  return {
    managerId: null,
    staffed: true,
    startMs,
    endMs: startMs + 30 * minute,
    beforeMs: 0,
    afterMs: 0,
    ...change,
  };
}

describe("hours", () => {
  it("offers every half hour that ends before closing, in the property's zone", () => {
    const slots = openSlots(diary(), "2027-01-05", "2027-01-05");
    expect(local(slots, chicago)).toEqual(["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]);
    expect(utc(slots)[0]).toBe("2027-01-05T15:00");
  });

  it("leaves the lunch break free when a day has two windows", () => {
    const hours = everyDay([
      { open: "13:00", close: "14:00" },
      { open: "09:15", close: "10:30" },
    ]);
    expect(local(openSlots(diary({ hours }), "2027-01-05", "2027-01-05"), chicago)).toEqual([
      "09:15",
      "09:45",
      "13:00",
      "13:30",
    ]);
  });

  it("lets a tour cross from one window into the next when they touch, over midnight too", () => {
    const hours = everyDay([
      { open: "00:00", close: "00:30" },
      { open: "23:30", close: "24:00" },
    ]);
    const slots = openSlots(diary({ hours, tour: { duration_minutes: 60 } }), "2027-01-05", "2027-01-05");
    expect(local(slots, chicago)).toEqual(["23:30"]);
  });

  it("keeps closed holidays closed and half days short", () => {
    const hours: OfficeHours = {
      ...nineToNoon,
      holidays: [
        { date: "2027-01-05", name: "Inventory", closed: true },
        { date: "2027-01-06", name: "Staff day", windows: [{ open: "11:00", close: "12:00" }] },
      ],
    };
    const slots = openSlots(diary({ hours }), "2027-01-05", "2027-01-06");
    expect(utc(slots)).toEqual(["2027-01-06T17:00", "2027-01-06T17:30"]);
  });

  it("offers nothing of a tour type the property does not offer", () => {
    const rules = slotRules({ types: { virtual: { offered: false } } }, "virtual");
    expect(openSlots(diary({ rules }), "2027-01-05", "2027-01-05")).toEqual([]);
  });
});

describe("notice and horizon", () => {
  it("starts no earlier than the minimum notice from now", () => {
    const nowMs = Date.parse("2027-01-05T15:10:00Z");
    const slots = openSlots(diary({ nowMs, tour: { min_notice_minutes: 60 } }), "2027-01-01", "2027-01-05");
    expect(local(slots, chicago)[0]).toBe("10:30");
  });

  it("ends with the last local day of the horizon", () => {
    const slots = openSlots(diary({ tour: { horizon_days: 3 } }), "2027-01-04", "2027-03-01");
    // Midnight UTC of 4 January is still the third in Chicago.
    expect(utc(slots).at(-1)).toBe("2027-01-06T17:30");
  });
});

describe("taken times", () => {
  it("keeps the buffers of both neighbours", () => {
    const tour = { raster_minutes: 15, buffer_before_minutes: 15, buffer_after_minutes: 15 };
    const between = taken("2027-01-05T16:00:00Z", { beforeMs: 15 * minute, afterMs: 15 * minute });
    const slots = openSlots(diary({ tour, taken: [between] }), "2027-01-05", "2027-01-05");
    expect(local(slots, chicago)).toEqual(["09:00", "11:00", "11:15", "11:30"]);
  });

  it("allows as many at once as the capacity, and no more", () => {
    const one = taken("2027-01-05T16:00:00Z");
    const both = [one, taken("2027-01-05T16:00:00Z")];
    const times = (list: Taken[]) =>
      local(openSlots(diary({ tour: { capacity: 2 }, taken: list }), "2027-01-05", "2027-01-05"), chicago);
    expect(times([one])).toContain("10:00");
    expect(times(both)).not.toContain("10:00");
  });

  it("counts only tours that run at the same moment against the capacity", () => {
    const list = [taken("2027-01-05T16:00:00Z"), taken("2027-01-05T16:30:00Z")];
    const tour = { capacity: 2, raster_minutes: 15 };
    expect(local(openSlots(diary({ tour, taken: list }), "2027-01-05", "2027-01-05"), chicago)).toContain(
      "10:15",
    );
  });

  it("stays clear of calendar entries of the property, buffers included", () => {
    const busy = [{ startMs: Date.parse("2027-01-05T16:00:00Z"), endMs: Date.parse("2027-01-05T16:10:00Z") }];
    const slots = openSlots(diary({ busy, tour: { buffer_after_minutes: 10 } }), "2027-01-05", "2027-01-05");
    expect(local(slots, chicago)).toEqual(["09:00", "10:30", "11:00", "11:30"]);
  });
});

describe("managers", () => {
  const ann = { id: "ann", hours: everyDay([{ open: "09:00", close: "10:00" }]), busy: [] };
  const bob = { id: "bob", hours: everyDay([{ open: "09:30", close: "11:00" }]), busy: [] };
  const day = (change: Partial<TourDiary>) =>
    openSlots(diary({ guides: [ann, bob], ...change }), "2027-01-05", "2027-01-05");

  it("offers the union of the managers' hours within the property's", () => {
    expect(local(day({}), chicago)).toEqual(["09:00", "09:30", "10:00", "10:30"]);
  });

  it("keeps a slot free while any manager is free", () => {
    const busyAnn = taken("2027-01-05T15:30:00Z", { managerId: "ann" });
    expect(day({ taken: [busyAnn] })[1]).toMatchObject({ guideIds: ["bob"] });
    const busyBob = taken("2027-01-05T15:30:00Z", { managerId: "bob" });
    expect(local(day({ taken: [busyAnn, busyBob] }), chicago)).toEqual(["09:00", "10:00", "10:30"]);
  });

  it("takes managers out while their own calendar is busy", () => {
    const away = {
      ...bob,
      busy: [{ startMs: Date.parse("2027-01-05T16:00:00Z"), endMs: Date.parse("2027-01-05T20:00:00Z") }],
    };
    expect(local(day({ guides: [ann, away] }), chicago)).toEqual(["09:00", "09:30"]);
  });

  it("lets one manager take several parties only at the very same time", () => {
    const rules = slotRules({ capacity: 2, raster_minutes: 15 }, "in_person");
    const group = taken("2027-01-05T16:00:00Z", { managerId: "bob" });
    const times = local(day({ guides: [bob], rules, taken: [group] }), chicago);
    expect(times).toContain("10:00");
    expect(times).not.toContain("10:15");
  });

  it("reserves somebody for a tour that has no manager yet", () => {
    const orphan = taken("2027-01-05T15:30:00Z");
    expect(local(day({ guides: [bob], taken: [orphan] }), chicago)).not.toContain("09:30");
    expect(local(day({ taken: [orphan] }), chicago)).toContain("09:30");
  });

  it("asks for no manager where a tour type needs none", () => {
    const rules = slotRules({ types: { self_guided: { needs_manager: false } } }, "self_guided");
    expect(local(day({ rules }), chicago)).toContain("11:30");
  });
});

describe("clock changes", () => {
  const night = everyDay([{ open: "00:30", close: "04:30" }]);

  it("skips the hour that Chicago's spring does not have", () => {
    const slots = openSlots(
      diary({ hours: night, nowMs: Date.parse("2027-03-01T00:00:00Z") }),
      "2027-03-14",
      "2027-03-14",
    );
    expect(local(slots, chicago)).toEqual(["00:30", "01:00", "01:30", "03:00", "03:30", "04:00"]);
    expect(utc(slots).slice(2, 4)).toEqual(["2027-03-14T07:30", "2027-03-14T08:00"]);
  });

  it("shows the hour that Chicago's autumn has twice once, at its first coming", () => {
    const slots = openSlots(
      diary({ hours: night, nowMs: Date.parse("2027-11-01T00:00:00Z") }),
      "2027-11-07",
      "2027-11-07",
    );
    expect(local(slots, chicago)).toEqual([
      "00:30",
      "01:00",
      "01:30",
      "02:00",
      "02:30",
      "03:00",
      "03:30",
      "04:00",
    ]);
    expect(utc(slots).slice(1, 4)).toEqual(["2027-11-07T06:00", "2027-11-07T06:30", "2027-11-07T08:00"]);
  });

  it("does the same in Sydney, where the seasons are turned round", () => {
    const spring = diary({ hours: night, zone: sydney, nowMs: Date.parse("2027-09-25T00:00:00Z") });
    expect(local(openSlots(spring, "2027-10-03", "2027-10-03"), sydney)).toEqual([
      "00:30",
      "01:00",
      "01:30",
      "03:00",
      "03:30",
      "04:00",
    ]);
    const autumn = diary({ hours: night, zone: sydney, nowMs: Date.parse("2027-04-01T00:00:00Z") });
    const slots = openSlots(autumn, "2027-04-04", "2027-04-04");
    expect(local(slots, sydney)).toEqual([
      "00:30",
      "01:00",
      "01:30",
      "02:00",
      "02:30",
      "03:00",
      "03:30",
      "04:00",
    ]);
    expect(utc(slots).slice(3, 6)).toEqual(["2027-04-03T15:00", "2027-04-03T15:30", "2027-04-03T17:00"]);
  });

  it("keeps nine o'clock at nine o'clock on both sides of every change", () => {
    for (const [zone, nowMs, from, to] of [
      [chicago, Date.parse("2027-03-10T00:00:00Z"), "2027-03-12", "2027-03-16"],
      [chicago, Date.parse("2027-11-01T00:00:00Z"), "2027-11-05", "2027-11-09"],
      [sydney, Date.parse("2027-04-01T00:00:00Z"), "2027-04-02", "2027-04-06"],
      [sydney, Date.parse("2027-09-30T00:00:00Z"), "2027-10-01", "2027-10-05"],
    ] as const) {
      const slots = openSlots(diary({ zone, nowMs }), from, to);
      expect(local(slots, zone).filter((time) => time === "09:00")).toHaveLength(5);
      expect(new Set(slots.map((slot) => slot.startMs)).size).toBe(slots.length);
    }
  });

  it("counts a tour's length in real time across the change", () => {
    const hours = everyDay([{ open: "01:00", close: "03:30" }]);
    const tour = { duration_minutes: 60 };
    const slots = openSlots(
      diary({ hours, tour, nowMs: Date.parse("2027-03-10T00:00:00Z") }),
      "2027-03-14",
      "2027-03-14",
    );
    expect(utc(slots)).toEqual(["2027-03-14T07:00", "2027-03-14T07:30"]);
  });
});

describe("single slots", () => {
  it("finds the slot of a moment, and none off the raster", () => {
    expect(openSlotAt(diary(), Date.parse("2027-01-05T15:30:00Z"))).not.toBeNull();
    expect(openSlotAt(diary(), Date.parse("2027-01-05T15:40:00Z"))).toBeNull();
  });

  it("names the nearest slots in order of time", () => {
    const slots = openSlots(diary(), "2027-01-05", "2027-01-05");
    const near = nearestSlots(slots, Date.parse("2027-01-05T16:10:00Z"), 3);
    expect(local(near, chicago)).toEqual(["09:30", "10:00", "10:30"]);
  });
});
