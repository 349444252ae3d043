import { describe, expect, it } from "vitest";
import { getRequiredConditions } from "./required-conditions.ts";

describe("getRequiredConditions", () => {
  it("names what a status asks for, in words, and what of that is there", () => {
    expect(getRequiredConditions("qualified", { has_name: true, has_contact: false })).toEqual([
      { field: "has_name", description: "a name", met: true },
      { field: "has_contact", description: "an e-mail address or a phone number", met: false },
    ]);
  });

  it.each([
    ["tour_scheduled", ["has_live_tour"]],
    ["leased", ["has_application"]],
    ["lost", ["status_reason"]],
    ["contacted", []],
    ["a status of their own", []],
  ])("knows what %s asks for", (status, fields) => {
    expect(getRequiredConditions(status, {}).map(({ field }) => field)).toEqual(fields);
  });

  it("adds what a company's own workflow misses, and believes its machine", () => {
    expect(
      getRequiredConditions("qualified", { has_name: true, has_contact: true }, [
        "has_contact",
        "id_checked",
      ]),
    ).toEqual([
      { field: "has_name", description: "a name", met: true },
      { field: "has_contact", description: "an e-mail address or a phone number", met: false },
      { field: "id_checked", description: "id checked", met: false },
    ]);
  });
});
