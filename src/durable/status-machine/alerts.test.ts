import { describe, expect, it } from "vitest";
import { anEntity, hours, monday } from "../../../test/support/machine.ts";
import { adjustEntity } from "./adjust.ts";
import { nextAlertAt, raiseAlerts } from "./alerts.ts";
import type { Clock } from "./clock.ts";

const percents = [90, 50, 75];
const at = (n: number) => monday + hours(n);
const adjusting = {
  actor: { id: "a", name: "A", role: "agent", permissions: [], component: null },
  clockOffsetMs: 0,
};

function tellAt(clock: Clock, ...times: number[]) {
  const told: string[] = [];
  let now = clock;
  for (const time of times) {
    const raised = raiseAlerts(now, at(time), {}, percents);
    now = raised.clock;
    told.push(
      ...raised.alerts.map((alert) => (alert.kind === "sla_warning" ? `${alert.percent}%` : "overdue")),
    );
  }
  return { told, clock: now };
}

describe("alerts", () => {
  it("warn at each share of the time and at the deadline, each once", () => {
    const clock = anEntity(["open", 0]).clock!;
    expect(tellAt(clock, 1, 5, 5, 7.4, 7.5, 8, 9, 9.99, 10, 10, 50).told).toEqual([
      "50%",
      "75%",
      "90%",
      "overdue",
    ]);
  });

  it("leave out old news", () => {
    const clock = anEntity(["open", 0]).clock!;
    expect(tellAt(clock, 8, 20, 20).told).toEqual(["75%", "overdue"]);
    expect(tellAt(clock, 99, 100).told).toEqual(["overdue"]);
  });

  it("ring for the next thing not told", () => {
    const clock = anEntity(["open", 0]).clock!;
    expect(nextAlertAt(clock, {}, percents)).toBe(at(5));
    expect(nextAlertAt(tellAt(clock, 5).clock, {}, percents)).toBe(at(7.5));
    expect(nextAlertAt(tellAt(clock, 9).clock, {}, percents)).toBe(at(10));
    expect(nextAlertAt(tellAt(clock, 10).clock, {}, percents)).toBeNull();
    expect(nextAlertAt(anEntity(["open", 0], ["waiting", 1]).clock!, {}, percents)).toBeNull();
  });

  it("are not repeated after a pause, and come later by its length", () => {
    const warned = { ...anEntity(["open", 0]), clock: tellAt(anEntity(["open", 0]).clock!, 6).clock };
    const paused = anEntity(["open", 0], ["waiting", 6], ["open", 20]).clock!;
    const back = { ...paused, raised: warned.clock.raised };
    expect(tellAt(back, 21, 21.4).told).toEqual([]);
    expect(nextAlertAt(back, {}, percents)).toBe(at(21.5));
    expect(tellAt(back, 22, 24).told).toEqual(["75%", "overdue"]);
  });

  it("tell a breach again only for another deadline", () => {
    const entity = anEntity(["open", 0]);
    const late = { ...entity, clock: tellAt(entity.clock!, 10).clock };
    const extended = adjustEntity(
      late,
      { ...adjusting, now: at(11), dueAt: at(40) },
      { nextClockId: 2, calendars: {} },
    ).clock!;
    expect(tellAt(extended, 12, 40, 41).told.filter((name) => name === "overdue")).toEqual(["overdue"]);
    expect(tellAt(late.clock, 60).told).toEqual([]);
  });

  it("tell of a promised date already past at once", () => {
    const past = { businessContext: { estimated_completion: new Date(at(-5)).toISOString() } };
    expect(tellAt(anEntity(["open", 0, past]).clock!, 0, 1).told).toEqual(["overdue"]);
  });
});
