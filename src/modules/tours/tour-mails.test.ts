import { describe, expect, it } from "vitest";
import { tourInvite, type TourFacts } from "./tour-invite.ts";
import { tourMail } from "./tour-mails.ts";

function facts(change: Partial<TourFacts> = {}): TourFacts {
  return {
    tourId: "0190b8d4-0000-7000-8000-000000000001",
    version: 1,
    startsAt: new Date("2027-01-05T16:00:00Z"),
    endsAt: new Date("2027-01-05T16:30:00Z"),
    tourType: "in_person",
    changedAt: new Date("2027-01-02T12:00:00Z"),
    prospect: { name: "Robin Field", email: "robin@example.test" },
    staffMember: "Ann Reed",
    property: {
      name: "Maple Court",
      address: "100 Main Street, Chicago, IL 60601",
      phone: "+13125550100",
      timeZone: "America/Chicago",
    },
    organizerEmail: "office@maple.test",
    instructions: "Park in the yard.",
    virtualLink: null,
    ...change,
  };
}

/** Content lines with folding undone. */
const lines = (ics: string) => ics.replaceAll("\r\n ", "").split("\r\n");

describe("tour invitation", () => {
  it("keeps its UID and raises its sequence, so that calendars move and remove the same entry", () => {
    const first = lines(tourInvite(facts(), "REQUEST"));
    const moved = lines(
      tourInvite(facts({ version: 2, startsAt: new Date("2027-01-06T16:00:00Z") }), "REQUEST"),
    );
    const gone = lines(tourInvite(facts({ version: 3 }), "CANCEL"));
    const uid = first.find((line) => line.startsWith("UID:"));
    expect(uid).toContain("0190b8d4-0000-7000-8000-000000000001");
    expect([moved, gone].every((entry) => entry.includes(uid!))).toBe(true);
    expect(first).toEqual(expect.arrayContaining(["METHOD:REQUEST", "SEQUENCE:1", "STATUS:CONFIRMED"]));
    expect(moved).toContain("SEQUENCE:2");
    expect(gone).toEqual(expect.arrayContaining(["METHOD:CANCEL", "SEQUENCE:3", "STATUS:CANCELLED"]));
  });

  it("gives times in UTC and names organizer and attendee", () => {
    const entry = lines(tourInvite(facts(), "REQUEST"));
    expect(entry).toEqual(
      expect.arrayContaining([
        "DTSTART:20270105T160000Z",
        "DTEND:20270105T163000Z",
        "DTSTAMP:20270102T120000Z",
      ]),
    );
    expect(entry.find((line) => line.startsWith("ORGANIZER"))).toMatch(
      /CN="?Maple Court"?.*mailto:office@maple\.test/i,
    );
    expect(entry.find((line) => line.startsWith("ATTENDEE"))).toMatch(/mailto:robin@example\.test/i);
  });

  it("cannot be broken by what people typed", () => {
    const evil = facts({
      prospect: { name: 'Rob"\r\nSUMMARY:owned', email: "robin@example.test" },
      instructions: "Bring ID; ring twice,\r\nEND:VEVENT",
    });
    const entry = lines(tourInvite(evil, "REQUEST"));
    expect(entry.filter((line) => line.startsWith("SUMMARY:"))).toHaveLength(1);
    expect(entry.filter((line) => line === "END:VEVENT")).toHaveLength(1);
  });
});

describe("tour mail", () => {
  it("says the time in the property's zone, with its name", () => {
    const { subject, text } = tourMail("booked", facts());
    expect(subject).toBe("Your tour of Maple Court: Tuesday, January 5, 2027 at 10:00 AM CST");
    expect(text).toContain("You will meet Ann Reed.");
    expect(text).toContain("100 Main Street, Chicago, IL 60601");
  });

  it("names both times of a move, and no place once it is cancelled", () => {
    const moved = tourMail("rescheduled", facts(), new Date("2027-07-05T16:00:00Z"));
    expect(moved.text).toContain("instead of Monday, July 5, 2027 at 11:00 AM CDT");
    const { text, invite } = tourMail("cancelled", facts());
    expect(text).not.toContain("Main Street");
    expect(invite).toContain("METHOD:CANCEL");
  });

  it("sends a virtual visitor to the link", () => {
    const { text } = tourMail(
      "booked",
      facts({ tourType: "virtual", virtualLink: "https://meet.example.test/maple" }),
    );
    expect(text).toContain("Join here: https://meet.example.test/maple");
  });

  it("escapes everything people typed in its HTML", () => {
    const { html, subject } = tourMail(
      "booked",
      facts({ prospect: { name: "<img src=x onerror='1'>", email: null } }),
    );
    expect(html).not.toContain("<img");
    expect(html).toContain("&lt;img src=x onerror=&#39;1&#39;&gt;");
    expect(subject).not.toMatch(/[\r\n]/);
  });
});
