import { describe, expect, it } from "vitest";
import { aWorkflow, hours, monday, office, orders } from "../../../test/support/machine.ts";
import { type Recorded, rehearse } from "./rehearse.ts";

const made = (to: string, atHours: number, over: Partial<Recorded> = {}): Recorded => ({
  kind: "change",
  to,
  at: monday + hours(atHours),
  reason: null,
  component: null,
  businessContext: {},
  isApproved: false,
  endedLate: false,
  given: [],
  ...over,
});

const live = (definition: typeof orders, transitions: Recorded[], untilHours = 100, isLate = false) =>
  rehearse(definition, { entityType: "order", entityId: 7, transitions, isLate }, null, {
    from: monday,
    to: monday + hours(untilHours),
  });

/** The orders with `open` limited to so many hours. */
const within = (sla: number) => ({
  ...orders,
  steps: orders.steps.map((step) => (step.status_name === "open" ? { ...step, sla_hours: sla } : step)),
});

describe("a life lived again", () => {
  it("is as it was under the definition it had", () => {
    const transitions = [made("open", 0), made("review", 9), made("done", 10)];
    expect(live(orders, transitions)).toEqual({ late: [], noLongerLate: 0, refused: [], approvals: 0 });
  });

  it("tells the deadlines a shorter limit would have missed, pauses left out", () => {
    const transitions = [made("open", 0), made("waiting", 2), made("open", 20), made("done", 23)];
    expect(live(within(6), transitions).late).toEqual([]);
    expect(live(within(4), transitions).late).toEqual([
      {
        status: "open",
        enteredAt: monday,
        deadline: monday + hours(22),
        leftAt: monday + hours(23),
        lateMs: hours(1),
        wasLate: false,
      },
    ]);
  });

  it("tells those that a longer limit would have kept", () => {
    const transitions = [made("open", 0), made("done", 15, { endedLate: true })];
    expect(live(within(20), transitions)).toMatchObject({ late: [], noLongerLate: 1 });
    expect(live(orders, transitions).late).toMatchObject([{ wasLate: true, lateMs: hours(5) }]);
  });

  it("looks at what still stands there at the end", () => {
    expect(live(orders, [made("open", 0)], 30, true).late).toMatchObject([
      { leftAt: null, lateMs: hours(20), wasLate: true },
    ]);
    expect(live(within(50), [made("open", 0)], 30, true)).toMatchObject({ late: [], noLongerLate: 1 });
  });

  it("notes a change that would have been refused, and goes on from where it led", () => {
    const strict = aWorkflow([
      { status_name: "open", sla_hours: 10, allowed_transitions: ["review"] },
      { status_name: "review", allowed_transitions: ["done"] },
      { status_name: "done", is_final: true, required_fields: ["invoice"] },
    ]);
    const transitions = [
      made("open", 0),
      made("waiting", 1),
      made("review", 2),
      made("open", 3),
      made("done", 4),
    ];
    expect(live(strict, transitions).refused.map(({ from, to, code }) => [from, to, code])).toEqual([
      ["open", "waiting", "INVALID_STATUS_TRANSITION"],
      ["review", "open", "INVALID_STATUS_TRANSITION"],
      ["open", "done", "INVALID_STATUS_TRANSITION"],
    ]);
    const tidy = [made("open", 0), made("review", 1)];
    expect(live(strict, [...tidy, made("done", 2)]).refused).toMatchObject([
      { code: "MISSING_REQUIRED_FIELD" },
    ]);
    const said = { businessContext: { invoice: 12 } };
    expect(live(strict, [...tidy, made("done", 2, said)]).refused).toEqual([]);
    expect(live(strict, [...tidy, made("done", 2, { given: ["invoice"] })]).refused).toEqual([]);
  });

  it("counts what would have waited for approval, but not what had it", () => {
    const path = [made("open", 0), made("review", 1)];
    expect(live(orders, [...path, made("paid", 2)])).toMatchObject({ approvals: 1, refused: [] });
    expect(live(orders, [...path, made("paid", 2, { isApproved: true })])).toMatchObject({ approvals: 0 });
  });

  it("says nothing of what came before the period", () => {
    const transitions = [made("open", -50), made("nowhere", -40), made("done", -20)];
    expect(live(orders, transitions)).toEqual({ late: [], noLongerLate: 0, refused: [], approvals: 0 });
  });

  it("counts time by the calendar", () => {
    const entity = {
      entityType: "order",
      entityId: 7,
      isLate: false,
      transitions: [made("open", 0), made("done", 25)],
    };
    const period = { from: monday, to: monday + hours(100) };
    // Ten hours of nine to five end on Tuesday at eleven; it left at ten.
    expect(rehearse(orders, entity, office, period).late).toEqual([]);
    expect(rehearse(orders, entity, null, period).late).toHaveLength(1);
  });
});
