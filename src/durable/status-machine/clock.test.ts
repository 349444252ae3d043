import { describe, expect, it } from "vitest";
import { anEntity, hours, monday, office, orders } from "../../../test/support/machine.ts";
import { adjustEntity } from "./adjust.ts";
import {
  type Calendars,
  closeClock,
  deadlineOf,
  elapsedMs,
  isBreached,
  reachedAt,
  recalendarClock,
} from "./clock.ts";
import { explain } from "./explain.ts";
import type { Entity } from "./protocol.ts";
import { viewOf } from "./view.ts";

const calendars: Calendars = { [office.version]: office };
const deadline = (entity: Entity) => entity.clock && deadlineOf(entity.clock, calendars);
const at = (n: number) => monday + hours(n);
const known = { nextClockId: 2, calendars };
const adjusting = {
  actor: { id: "a", name: "A", role: "agent", permissions: [], component: null },
  clockOffsetMs: 0,
};

const promisedFor = (n: number) => ({
  businessContext: { estimated_completion: new Date(at(n)).toISOString() },
});

describe("a pausing step", () => {
  it("stops the clock and keeps what was left of it", () => {
    const waiting = anEntity(["open", 0], ["waiting", 3]);
    expect(viewOf(waiting, calendars, at(100))).toMatchObject({
      slaDeadline: null,
      isOverdue: false,
      paused: true,
    });
    expect(elapsedMs(waiting.clock!, at(100), calendars)).toBe(hours(3));
    const back = anEntity(["open", 0], ["waiting", 3], ["open", 20]);
    expect(deadline(back)).toBe(at(27));
  });

  it("adds up over several pauses", () => {
    const back = anEntity(["open", 0], ["waiting", 3], ["open", 20], ["waiting", 22], ["open", 30]);
    expect(deadline(back)).toBe(at(35));
    expect(elapsedMs(back.clock!, at(31), calendars)).toBe(hours(6));
  });

  it("ends the clock when another step follows, and the deadline counts as kept or missed at the pause", () => {
    const kept = anEntity(["open", 0], ["waiting", 3], ["review", 50]);
    expect(deadline(kept)).toBe(at(52));
    const brokenBefore = anEntity(["open", 0], ["waiting", 11]);
    expect(isBreached(brokenBefore.clock!, at(11), calendars)).toBe(true);
    expect(isBreached(anEntity(["open", 0], ["waiting", 3]).clock!, at(99), calendars)).toBe(false);
  });

  it("does not stop a date promised for it", () => {
    const promised = promisedFor(48);
    expect(viewOf(anEntity(["open", 0], ["waiting", 3, promised]), calendars, at(3))).toMatchObject({
      slaDeadline: at(48),
      paused: false,
    });
  });
});

describe("a promised date", () => {
  const promised = promisedFor(48);

  it("moves by the pauses after it was given", () => {
    const entity = anEntity(["open", 0, promised], ["waiting", 10], ["open", 15]);
    expect(deadline(entity)).toBe(at(53));
    expect(reachedAt(entity.clock!, 50, calendars)).toBe(at(29));
  });

  it("counts around the clock whatever the calendar", () => {
    const entity = anEntity(["open", 0, { ...promised, calendar: office }]);
    expect(deadline(entity)).toBe(at(48));
    expect(recalendarClock(entity.clock!, at(1), null)).toBe(entity.clock);
  });

  it("can be given to a clock that runs, and another time again", () => {
    const entity = anEntity(["open", 0, { calendar: office }]);
    const once = adjustEntity(entity, { ...adjusting, now: at(2), dueAt: at(30) }, known);
    expect(deadline(once)).toBe(at(30));
    expect(deadline(adjustEntity(once, { ...adjusting, now: at(3), dueAt: at(5) }, known))).toBe(at(5));
  });
});

describe("coming back from a final step", () => {
  const path = [
    ["open", 0],
    ["done", 4],
    ["open", 100],
  ] as [string, number][];

  it("begins anew where the policy is restart", () => {
    expect(deadline(anEntity(...path))).toBe(at(110));
  });

  it("goes on where it stood where the policy is resume", () => {
    const definition = { ...orders, reopen_policy: "resume" as const };
    const [first, ...rest] = path.map(
      ([status, when]) => [status, when, { definition }] as [string, number, object],
    );
    const entity = anEntity(first!, ...rest);
    expect(deadline(entity)).toBe(at(106));
    expect(elapsedMs(entity.clock!, at(101), calendars)).toBe(hours(5));
  });
});

describe("priority", () => {
  it("chooses the hours of a step", () => {
    expect(deadline(anEntity(["open", 0, { businessContext: { priority: "high" } }]))).toBe(at(4));
  });

  it("changed on the way keeps the time already used", () => {
    const cut = adjustEntity(anEntity(["open", 0]), { ...adjusting, now: at(1), priority: "high" }, known);
    expect(deadline(cut)).toBe(at(4));
    expect(elapsedMs(cut.clock!, at(1), calendars)).toBe(hours(1));
    const widened = adjustEntity(cut, { ...adjusting, now: at(2), priority: null }, known);
    expect(deadline(widened)).toBe(at(10));
  });

  it("changed too late is overdue from the moment the new goal was reached", () => {
    const cut = adjustEntity(anEntity(["open", 0]), { ...adjusting, now: at(6), priority: "high" }, known);
    expect(viewOf(cut, calendars, at(6))).toMatchObject({ slaDeadline: at(4), isOverdue: true });
  });

  it("does not move a promised date", () => {
    const promised = promisedFor(48);
    const entity = adjustEntity(
      anEntity(["open", 0, promised]),
      { ...adjusting, now: at(1), priority: "high" },
      known,
    );
    expect(deadline(entity)).toBe(at(48));
  });
});

describe("business time", () => {
  it("counts the hours of a step in the calendar", () => {
    expect(deadline(anEntity(["open", 0, { calendar: office }]))).toBe(Date.parse("2026-01-13T17:00:00Z"));
  });

  it("counts what is left after a pause in the calendar", () => {
    const calendar = office;
    const back = anEntity(
      ["open", 0, { calendar }],
      ["waiting", 6, { calendar }],
      ["open", 72, { calendar }],
    );
    expect(deadline(back)).toBe(Date.parse("2026-01-15T19:00:00Z"));
  });

  it("keeps what was counted under the old calendar when it changes", () => {
    const entity = anEntity(["open", 0, { calendar: office }]);
    const changed = adjustEntity(entity, { ...adjusting, now: at(24), calendar: null }, known);
    expect(elapsedMs(changed.clock!, at(24), calendars)).toBe(hours(8));
    expect(deadline(changed)).toBe(at(26));
  });

  it("sets no deadline where no opening hours are in sight, and goes on working", () => {
    const firstMonday = Date.UTC(2026, 0, 12);
    const holidays = Array.from({ length: 150 }, (_, n) => ({
      date: new Date(firstMonday + n * 7 * hours(24)).toISOString().slice(0, 10),
      name: "closed",
      closed: true as const,
    }));
    const closed = { ...office, hours: { mon: office.hours.mon, holidays } };
    const kept = { [closed.version]: closed };
    const entity = anEntity(["open", 0, { calendar: closed }]);
    expect(entity.clock && deadlineOf(entity.clock, kept)).toBeNull();
    expect(explain(entity, [], kept, at(50)).clock).toMatchObject({ elapsedMs: 0, remainingMs: hours(10) });
  });

  it("survives a clock that is set back", () => {
    const back = anEntity(["open", 48], ["waiting", 0], ["open", 1]);
    expect(elapsedMs(back.clock!, at(2), calendars)).toBe(hours(1));
    expect(back.clock!.segments.every(({ from, to }) => to === null || to >= from)).toBe(true);
  });
});

describe("explain", () => {
  it("shows segments that add up, the calendar they were counted by, and the rule", () => {
    const calendar = office;
    const entity = anEntity(
      ["open", 0, { calendar }],
      ["waiting", 6, { calendar }],
      ["open", 72, { calendar }],
    );
    const told = explain(entity, [], calendars, at(74))!.clock!;
    expect(told.rule).toBe("10 h of open");
    expect(
      told.segments.map(({ kind, countedMs, calendarVersion }) => [
        kind,
        countedMs / hours(1),
        calendarVersion,
      ]),
    ).toEqual([
      ["running", 6, "office:1"],
      ["paused", 0, null],
      ["running", 2, "office:1"],
    ]);
    expect(told.segments.reduce((sum, segment) => sum + segment.countedMs, 0)).toBe(told.elapsedMs);
    expect(told.elapsedMs + told.remainingMs).toBe(told.goalMs);
    expect(told.warnings.map((warning) => warning.percent)).toEqual([50, 75, 90]);
    expect(told.warnings[0]?.at).toBe(Date.parse("2026-01-12T20:00:00Z"));
  });

  it.each([
    ["from the start", anEntity(["open", 0, promisedFor(40)]), 30],
    ["after a pause", anEntity(["open", 0, promisedFor(40)], ["waiting", 3], ["open", 20]), 30],
    [
      "over time counted by a calendar",
      adjustEntity(
        anEntity(["open", 0, { calendar: office }]),
        { ...adjusting, now: at(24), dueAt: at(40) },
        known,
      ),
      30,
    ],
    [
      "while the clock stood still",
      adjustEntity(
        anEntity(["open", 0], ["waiting", 3]),
        { ...adjusting, now: at(10), dueAt: at(40) },
        known,
      ),
      30,
    ],
    [
      "for a time that had passed",
      adjustEntity(anEntity(["open", 0]), { ...adjusting, now: at(9), dueAt: at(5) }, known),
      30,
    ],
  ])("adds up for a date promised %s", (_when, entity, hour) => {
    const told = explain(entity, [], calendars, at(hour))!.clock!;
    const counted = told.segments.reduce((sum, segment) => sum + segment.countedMs, 0);
    expect(told.elapsedMs).toBe(counted);
    expect(told.elapsedMs + told.remainingMs).toBe(told.goalMs);
    expect([null, at(hour) + told.remainingMs]).toContain(told.deadline);
  });

  it("gives a clock that was closed early the deadline it had, and names only calendars that were counted by", () => {
    const entity = anEntity(["open", 0], ["waiting", 3], ["open", 20]);
    const closed = closeClock(entity.clock!, at(21), calendars);
    const told = explain({ ...entity, clock: null }, [closed], calendars, at(99));
    expect(told.former[0]).toMatchObject({
      deadline: at(27),
      closedAt: at(21),
      elapsedMs: hours(4),
      met: true,
    });
    expect(told.former[0]?.warnings[2]).toEqual({ percent: 90, at: at(26) });
    expect(told.calendars).toEqual({});
  });
});
