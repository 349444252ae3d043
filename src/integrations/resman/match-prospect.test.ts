import { describe, expect, it } from "vitest";
import type { LeadForPms, PmsPerson, PmsProspect, ProspectState } from "../pms.ts";
import { matchProspect } from "./match-prospect.ts";

const lead: LeadForPms = {
  leadId: "lead-1",
  firstName: "Noor",
  lastName: "Vandersloot",
  email: "noor@example.test",
  phone: "+16025550147",
  moveInDate: null,
  rent: null,
  bedrooms: null,
  bathrooms: null,
  leaseMonths: null,
  occupantsCount: null,
  floorplan: null,
  unitNumber: null,
  pets: null,
  comments: [],
  firstContact: { at: "2026-04-20T16:05:00Z", channel: "chat", summary: "" },
  sourceId: "source",
  agentId: "agent",
};

let count = 0;

function record(person: Partial<PmsPerson> = {}, more: Partial<PmsProspect> = {}): PmsProspect {
  count += 1;
  const main: PmsPerson = {
    personId: `person-${count}`,
    state: "prospect",
    firstName: "Noor",
    lastName: "Vandersloot",
    email: "noor@example.test",
    phone: "+16025550147",
    ...person,
  };
  return {
    ...lead,
    ...main,
    ref: { prospectId: `prospect-${count}`, personId: main.personId },
    lostReason: null,
    leadIds: [],
    people: [main],
    events: [],
    appointments: [],
    sourceId: null,
    agentId: null,
    firstContactAt: null,
    lastUpdatedAt: null,
    ...more,
  };
}

describe("matchProspect", () => {
  it("prefers our mark to an open prospect, that to a lost one, and the latest of equals", () => {
    const lost = record({ state: "lost" });
    const older = record({}, { lastUpdatedAt: "2026-01-01T00:00:00Z" });
    const newer = record({}, { lastUpdatedAt: "2026-02-01T00:00:00Z" });
    const ours = record({ state: "lost" }, { leadIds: ["lead-1"] });
    expect(matchProspect(lead, "email", [lost, older, newer, ours])).toMatchObject({
      prospect: { ref: ours.ref },
    });
    expect(matchProspect(lead, "email", [lost, older, newer])).toMatchObject({
      prospect: { ref: newer.ref },
    });
    expect(matchProspect(lead, "email", [lost])).toMatchObject({
      outcome: "found",
      prospect: { ref: lost.ref },
    });
  });

  it("does not believe a search that brings somebody else", () => {
    expect(matchProspect(lead, "email", [record({ email: "other@example.test" })])).toEqual({
      outcome: "none",
    });
    expect(matchProspect(lead, "email", [record({ email: null })])).toEqual({ outcome: "none" });
  });

  it("wants a name to agree before it trusts a phone number", () => {
    const stranger = { firstName: "Sam", lastName: "Okafor" };
    expect(matchProspect(lead, "phone", [record(stranger)]).outcome).toBe("none");
    expect(matchProspect(lead, "phone", [record({ firstName: "N.", lastName: "VANDERSLOOT" })]).outcome).toBe(
      "found",
    );
    expect(matchProspect(lead, "phone", [record(stranger, { leadIds: ["lead-1"] })]).outcome).toBe("found");
  });

  it("lets a name count only where neither e-mail nor phone speaks against it", () => {
    expect(matchProspect(lead, "names", [record({ email: "other@example.test" })]).outcome).toBe("none");
    expect(matchProspect(lead, "names", [record({ phone: "+16025550199" })]).outcome).toBe("none");
    expect(matchProspect(lead, "names", [record({ email: null, phone: null })]).outcome).toBe("found");
  });

  it("says that a record belongs to another lead, unless only the name agrees", () => {
    const theirs = record({}, { leadIds: ["lead-2"] });
    expect(matchProspect(lead, "email", [theirs])).toMatchObject({ outcome: "taken", leadId: "lead-2" });
    expect(matchProspect(lead, "names", [theirs]).outcome).toBe("none");
    expect(matchProspect(lead, "email", [theirs, record()]).outcome).toBe("found");
  });

  it.each<[ProspectState, string]>([
    ["applicant", "read_only"],
    ["resident", "read_only"],
    ["former", "none"],
    ["other", "none"],
  ])("treats a record in state %s as %s", (state, outcome) => {
    expect(matchProspect(lead, "email", [record({ state })]).outcome).toBe(outcome);
  });

  it("prefers an open prospect to the same person's record as a resident", () => {
    expect(matchProspect(lead, "email", [record({ state: "resident" }), record()]).outcome).toBe("found");
  });

  it("finds the person in a household and sees the record from there", () => {
    const household = record({ firstName: "Sam", email: "sam@example.test", phone: null });
    const noor = { ...household.people[0]!, personId: "noor", firstName: "Noor", email: "noor@example.test" };
    const match = matchProspect(lead, "email", [{ ...household, people: [...household.people, noor] }]);
    expect(match).toMatchObject({ prospect: { ref: { personId: "noor" }, firstName: "Noor" } });
  });
});
