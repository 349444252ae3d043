/** Answers of ResMan's v1 interface, written by hand after its documents and what integrators read from it. */

export const ids = {
  prospect: "7d0f8a33-51c2-4f0e-9a7b-2e6c4b1d5f02",
  person: "e41b9c60-8f2d-4b7a-8d15-90ab3c7f6e03",
};

const envelope = (method: string, rest: string) =>
  `<?xml version="1.0" encoding="utf-8"?>
<ResMan>
  <MethodName>${method}</MethodName>
  ${rest}
  <AccountID>777</AccountID>
  <PropertyID>5b1f2c9e-0a64-4d0b-9f43-1c2d7e8a9001</PropertyID>
</ResMan>`;

const success = (method: string, response: string) =>
  envelope(method, `<Status>Success</Status><Response>${response}</Response>`);

export const refusedXml = (text: string) =>
  envelope("PostLeadManagement4_0", `<Status>Error</Status><ErrorDescription>${text}</ErrorDescription>`);

export const refusedJson = (text: string) =>
  JSON.stringify({ MethodName: "GetEmployees", Status: "Failed", ErrorDescription: text });

const identification = `
  <Identification IDType="ProspectID" IDValue="${ids.prospect}" OrganizationName="ResMan"/>
  <Identification IDType="PersonID" IDValue="${ids.person}" OrganizationName="ResMan"/>`;

/** `rest` follows the customers: preferences, events. */
export function prospectXml(rest = "", type = "prospect"): string {
  return `<Prospect>
    <LastUpdateDate>2026-05-02T09:12:00+00:00</LastUpdateDate>
    <Customers><Customer Type="${type}">${identification}
      <Name><FirstName>Noor</FirstName><LastName>Vandersloot</LastName></Name>
      <Phone PhoneType="cell"><PhoneNumber>602-555-0147</PhoneNumber></Phone>
      <Email>noor.v@example.test</Email>
    </Customer></Customers>${rest}</Prospect>`;
}

export const found = (...prospects: string[]) =>
  success("SearchProspects", `<LeadManagement><Prospects>${prospects.join("")}</Prospects></LeadManagement>`);

export const foundNothing = success("SearchProspects", "<LeadManagement><Prospects/></LeadManagement>");

export const posted = success(
  "PostLeadManagement4_0",
  `<LeadManagement><Prospects><Prospect><Customers><Customer Type="prospect">${identification}
   <Name><FirstName>Noor</FirstName><LastName>Vandersloot</LastName></Name></Customer></Customers></Prospect></Prospects></LeadManagement>`,
);

export const postedWithoutIds = success("PostLeadManagement4_0", "<LeadManagement/>");

export const appointmentXml = (startsAt: string, comments: string, eventId?: string) =>
  `<Events><Event EventType="Appointment" EventDate="${startsAt}">
    ${eventId ? `<EventID IDValue="${eventId}" OrganizationName="ResMan"/>` : ""}
    <FirstContact>false</FirstContact><Comments>${comments}</Comments></Event></Events>`;

export const marketing = success(
  "GetMarketing4_0",
  `<PhysicalProperty><Property IDValue="5b1f2c9e-0a64-4d0b-9f43-1c2d7e8a9001">
    <Floorplan IDValue="A2-Saguaro"><Name>Saguaro Two</Name><Room RoomType="Bedroom"><Count>2</Count></Room>
      <SquareFeet Min="980" Max="1010" Avg="995"/><MarketRent Min="1595" Max="1640"/></Floorplan>
    <ILS_Unit IDValue="2107" OrganizationName="ResMan" IDType="Number"><Units><Unit>
      <Identification IDValue="2107"/><MarketingName>2107</MarketingName><UnitType>A2-Saguaro</UnitType>
      <UnitBedrooms>2</UnitBedrooms><UnitBathrooms>2</UnitBathrooms><MarketRent>1610</MarketRent>
      <UnitEconomicStatus>residential</UnitEconomicStatus><UnitOccupancyStatus>vacant</UnitOccupancyStatus>
      <UnitLeasedStatus>available</UnitLeasedStatus></Unit></Units>
      <Pricing><MITS-OfferTerm><EffectiveRent>1570.00</EffectiveRent><Term>12</Term></MITS-OfferTerm></Pricing>
      <Availability><MadeReadyDate Year="2026" Month="5" Day="4"/></Availability></ILS_Unit>
  </Property></PhysicalProperty>`,
);

const json = (method: string, payload: object) =>
  JSON.stringify({
    ...payload,
    MethodName: method,
    Status: "Success",
    ErrorDescription: null,
    AccountID: 777,
  });

export const units = json("GetUnits", {
  Units: [
    { UnitNumber: "2107", Building: "Building 2", Floor: "2", UnitType: "A2-Saguaro", UnitId: "a-guid" },
    { UnitNumber: 101, Building: "Building 1", Floor: 1, UnitType: "A1", StreetAddress: "10 Test Wash Rd" },
  ],
});

export const sources = json("GetProspectSources", {
  ProspectSources: [{ ID: "source-1", Name: "Community website" }],
});
export const noSources = json("GetProspectSources", { ProspectSources: null });
export const lostReasons = json("GetLostProspectReasons", {
  LostProspectReasons: [{ ID: "reason-1", Name: "Chose another community" }],
});
export const employees = json("GetEmployees", {
  Employees: [{ ID: "agent-1", Name: "Ola Reyes", Email: null, SecurityGroup: "Leasing Agent" }],
});
export const occupants = json("GetApplicantsAndCurrentResidents", {
  People: [
    {
      PersonID: ids.person,
      FirstName: "Noor",
      LastName: "Vandersloot",
      MobilePhone: "602-555-0147",
      LeaseStartDate: "2026-06-15T00:00:00",
      LeaseEndDate: "6/14/2027",
      Unit: "2107",
      Status: "Pending",
    },
  ],
});
