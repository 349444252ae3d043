import { describe, expect, it } from "vitest";
import { timeZoneOfState } from "./state-time-zones.ts";

const codes =
  "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR VI";

describe("timeZoneOfState", () => {
  it.each([
    ["IL", "America/Chicago"],
    ["ny", "America/New_York"],
    ["AZ", "America/Phoenix"],
    ["HI", "Pacific/Honolulu"],
  ])("puts %s into %s", (state, zone) => {
    expect(timeZoneOfState(state)).toBe(zone);
  });

  it.each(codes.split(" "))("knows %s, in a zone this runtime has", (code) => {
    const timeZone = timeZoneOfState(code);
    expect(timeZone).not.toBeNull();
    expect(() => new Intl.DateTimeFormat("en", { timeZone: timeZone ?? "none" })).not.toThrow();
  });

  it("does not guess for what is no state", () => {
    expect(timeZoneOfState("Bavaria")).toBeNull();
  });
});
