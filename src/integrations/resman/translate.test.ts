import { describe, expect, it } from "vitest";
import type { LeadForPms, TourForPms } from "../pms.ts";
import { asStored } from "./fields.ts";
import {
  appointmentEvent,
  cancelledTourEvent,
  leadManagement,
  lossEvent,
  newProspect,
  prospectEvent,
  prospectUpdate,
} from "./mits-document.ts";
import { readXml, writeXml, type XmlNode } from "./mits-xml.ts";
import { LeadManagementAnswer } from "./schemas.ts";
import { instant, prospectFrom } from "./translate.ts";

const lead: LeadForPms = {
  leadId: "01990000-0000-7000-8000-000000000001",
  firstName: "Noor",
  lastName: "Vandersloot",
  email: "noor.v@example.test",
  phone: "+16025550147",
  moveInDate: "2026-06-15",
  rent: { min: 1400, max: 1750 },
  bedrooms: { min: 2, max: 2 },
  bathrooms: { min: 1.5, max: null },
  leaseMonths: 12,
  occupantsCount: 2,
  floorplan: "A2-Saguaro",
  unitNumber: "2107",
  pets: [{ kind: "cat", count: 1, description: 'calm & "old"' }],
  comments: ["Prefers an upper floor."],
  firstContact: {
    at: "2026-04-20T11:05:00-05:00",
    channel: "chat",
    summary: "Asked about two-bedroom homes.",
  },
  sourceId: "source-1",
  agentId: "agent-1",
};

const tour: TourForPms = {
  tourId: "01990000-0000-7000-8000-00000000000a",
  revision: 0,
  startsAt: "2026-04-28T17:30:00Z",
  durationMinutes: 30,
  timeZone: "America/Phoenix",
  kind: "in_person",
  unitNumber: "2107",
  notes: "Needs a step-free way in.",
  appointmentId: null,
  agentId: "agent-1",
  sourceId: "source-1",
};

const ids = `<Identification IDType="PersonID" IDValue="person-1"/><Identification IDType="ProspectID" IDValue="prospect-1"/>`;

function read(prospects: string) {
  const xml = `<ResMan><Status>Success</Status><Response><LeadManagement><Prospects>${prospects}</Prospects></LeadManagement></Response></ResMan>`;
  return LeadManagementAnswer.parse(readXml(xml)).ResMan.Response?.LeadManagement?.Prospects?.Prospect ?? [];
}

function held(rest = "", type = "prospect") {
  const [mits] = read(
    `<Prospect><Customers><Customer Type="${type}">${ids}<Name><FirstName>Noor</FirstName><LastName>Vandersloot</LastName></Name></Customer></Customers>${rest}</Prospect>`,
  );
  return prospectFrom(mits!)!;
}

/** What we write, read back as ResMan would give it back. */
function echoed(prospect: XmlNode) {
  const xml = writeXml(leadManagement(prospect));
  const withIds = xml.includes("<Identification") ? xml : xml.replace(/(<Customer [^>]*>)/, `$1${ids}`);
  return prospectFrom(read(/<Prospects>(.*)<\/Prospects>/s.exec(withIds)![1]!)[0]!)!;
}

describe("our lead in MITS", () => {
  it("comes back as the same wish for a home", () => {
    expect(echoed(newProspect(lead))).toMatchObject(asStored(lead));
  });

  it("carries our mark, the first contact, its source and its agent", () => {
    const prospect = echoed(newProspect(lead));
    expect(prospect.leadIds).toEqual([lead.leadId]);
    expect(prospect.events).toMatchObject([
      {
        kind: "contact",
        at: "2026-04-20T16:05:00.000Z",
        isFirstContact: true,
        agentId: "agent-1",
        sourceId: "source-1",
      },
    ]);
    expect(prospect.firstContactAt).toBe("2026-04-20T16:05:00.000Z");
  });

  it("keeps the order of elements that the schema asks for, and the phone in US form", () => {
    const xml = writeXml(leadManagement(newProspect(lead)));
    const order = [...xml.matchAll(/<([A-Z]\w*)/g)].map(([, name]) => name);
    expect(order.join(" ")).toBe(
      "LeadManagement Prospects Prospect Customers Customer Name FirstName LastName Phone PhoneNumber Email " +
        "CustomerPreferences TargetMoveInDate DesiredFloorplan DesiredUnit MarketingName DesiredRent DesiredNumBedrooms " +
        "DesiredNumBathrooms DesiredLeaseTerms NumberOfOccupants Pets Comment Comment " +
        "Events Event Agent AgentID FirstContact Comments TransactionSource",
    );
    expect(xml).toContain(`<Phone PhoneType="cell"><PhoneNumber>(602) 555-0147</PhoneNumber></Phone>`);
    expect(xml).toContain(`<DesiredNumBedrooms Exact="2"`);
  });

  it("says nothing of what is not known", () => {
    const bare = {
      ...lead,
      email: null,
      rent: null,
      bedrooms: null,
      bathrooms: null,
      pets: null,
      moveInDate: null,
    };
    const xml = writeXml(leadManagement(newProspect(bare)));
    expect(xml).not.toMatch(/Email|DesiredRent|Bedrooms|Bathrooms|Pets|MoveIn|undefined|null/);
  });

  it("survives text that XML cannot carry or that looks like markup", () => {
    const summary = "\u0000bell\u0007 <b>& ]]> \uD800 'quoted'";
    const prospect = echoed(
      newProspect({
        ...lead,
        lastName: "O'Neil & Søn\u0001",
        firstContact: { ...lead.firstContact, summary },
      }),
    );
    expect(prospect.lastName).toBe("O'Neil & Søn");
    expect(prospect.events[0]?.comments).toContain("bell <b>& ]]>  'quoted'");
  });

  it("cuts what is longer than the schema allows, and never the mark", () => {
    const prospect = echoed(
      newProspect({
        ...lead,
        lastName: "x".repeat(80),
        firstContact: { ...lead.firstContact, summary: "y".repeat(2000) },
      }),
    );
    expect(prospect.lastName).toHaveLength(50);
    expect(prospect.events[0]?.comments).toHaveLength(1000);
    expect(prospect.leadIds).toEqual([lead.leadId]);
  });
});

describe("an update", () => {
  it("names ids and person, and says only what changed", () => {
    const xml = writeXml(
      leadManagement(
        prospectUpdate(held(), { fields: lead, changed: ["phone", "rent"], comments: [], events: [] }),
      ),
    );
    expect(xml).toContain(
      `<Identification IDType="ProspectID" IDValue="prospect-1" OrganizationName="ResMan"`,
    );
    expect(xml).toContain("<FirstName>Noor</FirstName>");
    expect(xml).toContain(`<DesiredRent Min="1400" Max="1750"`);
    expect(xml).not.toMatch(/Email|Events|TargetMoveInDate|Comment/);
  });

  it("leaves a lost prospect lost", () => {
    const update = { fields: lead, changed: ["email" as const], comments: [], events: [] };
    expect(writeXml(leadManagement(prospectUpdate(held("", "lost"), update)))).toContain(
      `<Customer Type="lost">`,
    );
  });
});

describe("our tour in MITS", () => {
  it("is an appointment in UTC with its mark and the local time in words", () => {
    const prospect = echoed(prospectEvent(held(), appointmentEvent(tour, null), { unitNumber: "2107" }));
    expect(prospect.appointments).toEqual([
      {
        appointmentId: null,
        startsAt: "2026-04-28T17:30:00.000Z",
        tourId: tour.tourId,
        revision: 0,
        comments:
          "In-person tour, Tue, Apr 28, 2026, 10:30 AM MST, unit 2107, 30 min. " +
          "Ref tour 01990000-0000-7000-8000-00000000000a. Needs a step-free way in.",
      },
    ]);
    expect(prospect.unitNumber).toBe("2107");
  });

  it("moves by the id of the appointment and tells its revision", () => {
    const moved = { ...tour, revision: 3, startsAt: "2026-04-29T20:00:00Z" };
    const [appointment] = echoed(prospectEvent(held(), appointmentEvent(moved, "event-1"))).appointments;
    expect(appointment).toMatchObject({
      appointmentId: "event-1",
      revision: 3,
      startsAt: "2026-04-29T20:00:00.000Z",
    });
  });

  it("is cancelled by a note, never by the event that loses the prospect", () => {
    const xml = writeXml(cancelledTourEvent(tour, { at: "2026-04-27T08:00:00Z", reason: "Found a home." }));
    expect(xml).toContain("<EventReasons>Tour cancelled</EventReasons>");
    expect(
      writeXml({ Event: cancelledTourEvent(tour, { at: "2026-04-27T08:00:00Z", reason: null }) }),
    ).toContain(`EventType="Other"`);
  });
});

describe("their prospect", () => {
  it("is one thing whether ResMan sends one element or many", () => {
    const prospects = read(
      `<Prospect><Customers>
        <Customer Type="prospect">${ids}<Name><FirstName>Noor</FirstName><LastName>V</LastName></Name>
          <Phone PhoneType="fax"><PhoneNumber>602-555-0100</PhoneNumber></Phone>
          <Phone PhoneType="home"><PhoneNumber>602-555-0148</PhoneNumber></Phone>
          <Phone PhoneType="cell"><PhoneNumber>602-555-0147</PhoneNumber></Phone></Customer>
        <Customer Type="roommate"><Identification IDType="PersonID" IDValue="person-2"/><Name><FirstName>Sam</FirstName><LastName>V</LastName></Name></Customer>
      </Customers><CustomerPreferences/><Events/></Prospect>`,
    );
    const prospect = prospectFrom(prospects[0]!)!;
    expect(prospect.phone).toBe("+16025550147");
    expect(prospect.people.map((person) => person.personId)).toEqual(["person-1", "person-2"]);
    expect(prospect.events).toEqual([]);
    expect(prospectFrom(prospects[0]!, "person-2")).toMatchObject({
      ref: { prospectId: "prospect-1", personId: "person-2" },
      firstName: "Sam",
      state: "other",
    });
  });

  it("is none when nothing matched", () => {
    expect(read("")).toEqual([]);
  });

  it("tells why it was lost", () => {
    const prospect = held(
      `<Events><Event EventType="Cancel" EventDate="2026-05-02T09:12:00+00:00"><EventReasons>Prospect Lost: Chose another community</EventReasons><FirstContact>false</FirstContact></Event></Events>`,
      "lost",
    );
    expect(prospect).toMatchObject({ state: "lost", lostReason: "Chose another community" });
  });

  it("knows applicants, residents and the steps of ResMan's own workflow", () => {
    expect(
      ["applicant", "current_resident", "former_resident", "weird"].map((type) => held("", type).state),
    ).toEqual(["applicant", "resident", "former", "other"]);
    const steps = held(
      `<Events><Event EventType="Approved" EventDate="2026-05-02T09:12:00"/><Event EventType="LeaseSign" EventDate="2026-05-03T09:12:00"/><Event EventType="Email" EventDate="no date"/></Events>`,
    );
    expect(steps.events.map((event) => event.kind)).toEqual(["approved", "lease_signed"]);
  });

  it("is not read without its ids", () => {
    expect(
      prospectFrom(read(`<Prospect><Customers><Customer Type="prospect"/></Customers></Prospect>`)[0]!),
    ).toBeNull();
  });
});

describe("instant", () => {
  it("reads a time without offset as UTC, and any offset as what it is", () => {
    expect(instant("2021-05-04T15:30:00.123456")).toBe("2021-05-04T15:30:00.123Z");
    expect(instant("2026-04-20T16:05:00+00:00")).toBe("2026-04-20T16:05:00.000Z");
    expect(instant("2026-04-20T11:05:00-05:00")).toBe("2026-04-20T16:05:00.000Z");
    expect(instant("soon")).toBeNull();
  });
});

describe("a document from outside", () => {
  it("may not declare entities of its own", () => {
    expect(() => readXml(`<!DOCTYPE a [<!ENTITY x "boo">]><a>&x;</a>`)).toThrow(/document type/);
    expect(readXml(`<a>&amp;&#39;&#x41;&undefined;</a>`)).toEqual({ a: "&'A&undefined;" });
  });

  it("must be well formed", () => {
    expect(() => readXml("<a><b></a>")).toThrow();
    expect(() => readXml("Service unavailable")).toThrow();
  });
});

it("puts the lost reason where ResMan expects the source", () => {
  const xml = writeXml(
    leadManagement(
      prospectEvent(
        held(),
        lossEvent({ reasonId: "reason-1", agentId: "agent-1", at: "2026-05-02T09:12:00Z" }),
        { as: "lost" },
      ),
    ),
  );
  expect(xml).toContain(`<Customer Type="lost">`);
  expect(xml).toContain(`EventType="Cancel"`);
  expect(xml).toContain("<TransactionSource>reason-1</TransactionSource>");
});
