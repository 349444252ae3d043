import { describe, expect, it } from "vitest";
import { leadStatuses } from "../leads/schemas.ts";
import { mapChatbotStatusToResMan, mapResManStatusToChatbot } from "./map-status.ts";

describe("mapChatbotStatusToResMan", () => {
  it.each(["new", "contacted", "qualified", "tour_scheduled", "a status of their own"])(
    "knows %s as an open prospect",
    (status) => {
      expect(mapChatbotStatusToResMan(status)).toEqual({ state: "prospect", isOurs: true });
    },
  );

  it("has only open and lost written to ResMan", () => {
    expect(mapChatbotStatusToResMan("lost")).toEqual({ state: "lost", isOurs: true });
    expect(mapChatbotStatusToResMan("application")).toEqual({ state: "applicant", isOurs: false });
    expect(mapChatbotStatusToResMan("leased")).toEqual({ state: "resident", isOurs: false });
  });
});

describe("mapResManStatusToChatbot", () => {
  it.each([
    ["lost", "qualified", "lost"],
    ["applicant", "qualified", "application"],
    ["applicant", null, "application"],
    ["resident", "application", "leased"],
    ["prospect", "lost", "contacted"],
  ] as const)("takes %s, said of a lead that is %s, for %s", (said, current, expected) => {
    expect(mapResManStatusToChatbot(said, current)).toBe(expected);
  });

  it.each(["new", "contacted", "qualified", "tour_scheduled", "application"] as const)(
    "keeps %s while ResMan knows no more than an open prospect",
    (current) => {
      expect(mapResManStatusToChatbot("prospect", current)).toBeNull();
    },
  );

  it("brings no lead back from a lease, and one that was lost to wherever it is now", () => {
    for (const said of ["prospect", "applicant", "lost", "former"] as const)
      expect(mapResManStatusToChatbot(said, "leased")).toBeNull();
    expect(mapResManStatusToChatbot("applicant", "lost")).toBe("application");
    expect(mapResManStatusToChatbot("resident", "lost")).toBe("leased");
  });

  it("hears nothing in what it knows, and in records of other times", () => {
    expect(mapResManStatusToChatbot("lost", "lost")).toBeNull();
    expect(mapResManStatusToChatbot("former", "qualified")).toBeNull();
    expect(mapResManStatusToChatbot("other", "qualified")).toBeNull();
  });

  it.each(leadStatuses.filter((status) => mapChatbotStatusToResMan(status).isOurs))(
    "hears no news in the echo of what we wrote of %s",
    (status) => {
      expect(mapResManStatusToChatbot(mapChatbotStatusToResMan(status).state, status)).toBeNull();
    },
  );
});
