import { describe, expect, it } from "vitest";
import { chooseChannels, type Preferences } from "./choose-channels.ts";

const chicago: Preferences = { channels: {}, quietHours: null, timeZone: "America/Chicago" };
const nights: Preferences = { ...chicago, quietHours: { from: "21:00", to: "08:00" } };
/** Ten in the evening in Chicago. */
const evening = new Date("2026-07-02T03:00:00Z");
const noon = new Date("2026-07-01T17:00:00Z");

function chosen(type: string, preferences: Preferences, now = noon) {
  return chooseChannels({ type }, preferences, now).map(({ channel, at }) => [channel, at.toISOString()]);
}

describe("chooseChannels", () => {
  it("shows in the app what nobody has said anything about", () => {
    expect(chosen("tour_booked", chicago)).toEqual([["in_app", noon.toISOString()]]);
    expect(chosen("something_new", chicago)).toEqual([["in_app", noon.toISOString()]]);
  });

  it("takes the channels that were chosen, type by type", () => {
    const matrix = { tour_booked: { email: true, sms: true }, new_lead: { in_app: false } };
    const preferences = { ...chicago, channels: matrix };
    expect(chosen("tour_booked", preferences).map(([channel]) => channel)).toEqual([
      "in_app",
      "email",
      "sms",
    ]);
    expect(chosen("new_lead", preferences)).toEqual([]);
    expect(chosen("tour_cancelled", preferences)).toHaveLength(1);
  });

  it("does not let what is mandatory be switched off", () => {
    const off = { handoff_requested: { in_app: false, email: false, sms: false } };
    expect(chosen("handoff_requested", { ...chicago, channels: off }).map(([channel]) => channel)).toEqual([
      "in_app",
      "email",
    ]);
  });

  it("holds mail back until the quiet hours end, and shows the rest at once", () => {
    const preferences = { ...nights, channels: { tour_booked: { email: true } } };
    expect(chosen("tour_booked", preferences, evening)).toEqual([
      ["in_app", evening.toISOString()],
      ["email", "2026-07-02T13:00:00.000Z"],
    ]);
  });

  it("does not hold back what is mandatory", () => {
    expect(chosen("handoff_requested", nights, evening)).toContainEqual(["email", evening.toISOString()]);
  });

  it.each([
    ["before they begin", "2026-07-02T01:59:59Z", "2026-07-02T01:59:59.000Z"],
    ["as they begin", "2026-07-02T02:00:00Z", "2026-07-02T13:00:00.000Z"],
    ["after midnight", "2026-07-02T06:30:00Z", "2026-07-02T13:00:00.000Z"],
    ["as they end", "2026-07-02T13:00:00Z", "2026-07-02T13:00:00.000Z"],
    ["in the night the clock goes forward", "2026-03-08T04:00:00Z", "2026-03-08T13:00:00.000Z"],
    ["in the night the clock goes back", "2026-11-01T03:00:00Z", "2026-11-01T14:00:00.000Z"],
    ["the evening after", "2026-11-02T02:59:59Z", "2026-11-02T02:59:59.000Z"],
  ])("counts quiet hours on the reader's clock: %s", (_when, now, at) => {
    const preferences = { ...nights, channels: { tour_booked: { in_app: false, email: true } } };
    expect(chosen("tour_booked", preferences, new Date(now))).toEqual([["email", at]]);
  });

  it.each([
    [
      "whose end comes twice",
      { from: "21:00", to: "01:30" },
      "2026-11-01T07:10:00Z",
      "2026-11-01T07:30:00.000Z",
    ],
    [
      "whose beginning comes twice",
      { from: "01:30", to: "08:00" },
      "2026-11-01T07:10:00Z",
      "2026-11-01T14:00:00.000Z",
    ],
    [
      "whose end does not come",
      { from: "21:00", to: "02:30" },
      "2026-03-08T07:00:00Z",
      "2026-03-08T08:30:00.000Z",
    ],
    [
      "that lie in the hour that does not come",
      { from: "02:10", to: "02:50" },
      "2026-03-08T08:20:00Z",
      "2026-03-08T08:50:00.000Z",
    ],
  ])("leaves no hole in quiet hours %s", (_which, quietHours, now, at) => {
    const preferences = { ...chicago, quietHours, channels: { tour_booked: { in_app: false, email: true } } };
    expect(chosen("tour_booked", preferences, new Date(now))).toEqual([["email", at]]);
  });

  it("knows quiet hours within a day", () => {
    const siesta = { ...chicago, quietHours: { from: "12:00", to: "14:00" } };
    const preferences = { ...siesta, channels: { tour_booked: { in_app: false, sms: true } } };
    expect(chosen("tour_booked", preferences, noon)).toEqual([["sms", "2026-07-01T19:00:00.000Z"]]);
    const later = new Date("2026-07-01T19:00:00Z");
    expect(chosen("tour_booked", preferences, later)).toEqual([["sms", later.toISOString()]]);
  });
});
