import { describe, expect, it } from "vitest";
import type { LeadRow, TourRow } from "./load-push.ts";
import { leadForPms, toldOf, tourForPms } from "./lead-for-pms.ts";

const mapping = { sourceId: "source", agentId: "agent" };

function aLead(over: Partial<LeadRow> = {}): LeadRow {
  const row: Partial<LeadRow> = {
    id: "lead-1",
    conversationId: "conversation-1",
    firstName: "Nora",
    lastName: "Field",
    email: "nora@example.test",
    phone: null,
    source: "chat",
    bedrooms: null,
    bathrooms: null,
    furnished: null,
    leaseMonths: null,
    moveInDate: null,
    priceRangeMin: null,
    priceRangeMax: null,
    occupantsCount: null,
    hasPets: null,
    petDetails: null,
    createdAt: new Date("2026-11-20T15:00:00Z"),
    ...over,
  };
  return row as LeadRow;
}

describe("leadForPms", () => {
  it("says nothing of what is not known", () => {
    expect(leadForPms(aLead(), mapping)).toEqual({
      leadId: "lead-1",
      firstName: "Nora",
      lastName: "Field",
      email: "nora@example.test",
      phone: null,
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
      firstContact: {
        at: "2026-11-20T15:00:00.000Z",
        channel: "chat",
        summary: "Wrote in the web site's chat.",
      },
      ...mapping,
    });
  });

  it("keeps an open end of a budget open and a number of rooms exact", () => {
    const { rent, bedrooms } = leadForPms(aLead({ priceRangeMax: 1900, bedrooms: 0 }), mapping);
    expect(rent).toEqual({ min: null, max: 1900 });
    expect(bedrooms).toEqual({ min: 0, max: 0 });
  });

  it.each([
    [
      "two cats and a dog",
      [
        ["dog", 1],
        ["cat", 2],
      ],
    ],
    ["3 small kittens", [["cat", 3]]],
    ["a parrot", [["bird", 1]]],
    ["an iguana", [["other", 1]]],
    [null, [["other", 1]]],
  ])("reads the pets out of %j", (petDetails, pets) => {
    const told = leadForPms(aLead({ hasPets: true, petDetails }), mapping).pets ?? [];
    expect(told.map((pet) => [pet.kind, pet.count])).toEqual(pets);
  });

  it("mentions no pets where there are none", () => {
    expect(leadForPms(aLead({ hasPets: false, petDetails: "none" }), mapping).pets).toBeNull();
  });

  it("sums up the first contact for the leasing staff", () => {
    const lead = aLead({ bedrooms: 2, priceRangeMax: 1900, moveInDate: "2027-01-15" });
    expect(leadForPms(lead, mapping).firstContact.summary).toBe(
      "Wrote in the web site's chat. Looks for 2 bedrooms, up to $1900 a month, from 2027-01-15.",
    );
  });
});

describe("toldOf", () => {
  it("stays the same while nothing changes that ResMan holds", () => {
    expect(toldOf(aLead({ notes: "called back", leadScore: 70 }))).toEqual(toldOf(aLead()));
  });
});

describe("tourForPms", () => {
  it("counts revisions from nought", () => {
    const tour = {
      id: "tour-1",
      version: 3,
      startsAt: new Date("2027-01-05T16:00:00Z"),
      durationMinutes: 30,
      tourType: "in_person",
      unitInterest: "204",
      specialRequests: null,
      resmanEventId: null,
    } as TourRow;
    expect(tourForPms(tour, "America/Chicago", mapping)).toMatchObject({
      revision: 2,
      startsAt: "2027-01-05T16:00:00.000Z",
      unitNumber: "204",
    });
  });
});
