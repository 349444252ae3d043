import * as z from "zod";

/** An element's text, with or without attributes beside it; absent when empty. */
const text = z
  .union([z.string(), z.looseObject({ "#text": z.string().optional() })])
  .transform((value) => (typeof value === "string" ? value : (value["#text"] ?? "")).trim() || undefined)
  .optional();

const attribute = z
  .string()
  .transform((value) => value.trim() || undefined)
  .optional();

/** An element that holds others. An empty one is read as "". */
function element<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess((value) => (value === "" ? {} : value), z.looseObject(shape));
}

/** Repeated elements; an absent one is none. */
function list<Item extends z.ZodType>(item: Item) {
  return z.preprocess((value) => value ?? [], z.array(item));
}

const Identification = element({ "@IDType": attribute, "@IDValue": attribute });

const Extent = element({ "@Exact": attribute, "@Min": attribute, "@Max": attribute }).optional();

const Customer = element({
  "@Type": attribute,
  Identification: list(Identification),
  Name: element({ FirstName: text, LastName: text }).optional(),
  Phone: list(element({ "@PhoneType": attribute, PhoneNumber: text })),
  Email: text,
});

const Preferences = element({
  TargetMoveInDate: text,
  DesiredFloorplan: text,
  DesiredUnit: list(element({ MarketingName: text })),
  DesiredRent: Extent,
  DesiredNumBedrooms: Extent,
  DesiredNumBathrooms: Extent,
  DesiredLeaseTerms: text,
  NumberOfOccupants: text,
  Pets: list(element({ "@PetType": attribute, "@Count": attribute, "@Description": attribute })),
  Comment: list(text),
});

const Event = element({
  "@EventType": attribute,
  "@EventDate": attribute,
  EventID: Identification.optional(),
  Agent: element({ AgentID: Identification.optional() }).optional(),
  EventReasons: text,
  FirstContact: text,
  Comments: text,
  TransactionSource: text,
});

const Prospect = element({
  LastUpdateDate: text,
  Customers: element({ Customer: list(Customer) }).optional(),
  CustomerPreferences: Preferences.optional(),
  Events: element({ Event: list(Event) }).optional(),
});

export type MitsCustomer = z.output<typeof Customer>;
export type MitsPreferences = z.output<typeof Preferences>;
export type MitsEvent = z.output<typeof Event>;
export type MitsProspect = z.output<typeof Prospect>;

/** `PostLeadManagement4_0` and `SearchProspects`. */
export const LeadManagementAnswer = z.object({
  ResMan: element({
    Response: element({
      LeadManagement: element({ Prospects: element({ Prospect: list(Prospect) }).optional() }).optional(),
    }).optional(),
  }),
});

/** ResMan's word on a call: anything but `Success` is a failure, whatever the HTTP status. */
export const Envelope = z.looseObject({
  Status: text,
  ErrorDescription: z.preprocess((value) => value ?? undefined, text),
});

const word = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === null || value === undefined ? null : String(value).trim() || null));

/** A list under its own key; ResMan may leave an empty one out or say null. */
function named<Item extends z.ZodType>(key: string, item: Item) {
  return z
    .looseObject({ [key]: z.array(item).nullish() })
    .transform((answer) => (answer[key] ?? []) as z.output<Item>[]);
}

const Choice = z.looseObject({ ID: z.union([z.string(), z.number()]).transform(String), Name: z.string() });

export const ProspectSourcesAnswer = named("ProspectSources", Choice);
export const LostProspectReasonsAnswer = named("LostProspectReasons", Choice);
export const EmployeesAnswer = named("Employees", Choice.extend({ Email: word, SecurityGroup: word }));

const Occupant = z.looseObject({
  PersonID: z.string(),
  FirstName: word,
  LastName: word,
  LeaseStartDate: word,
  LeaseEndDate: word,
  Unit: word,
  Status: z.string(),
});
export const OccupantsAnswer = named("People", Occupant);
export type ResmanOccupant = z.output<typeof Occupant>;

const ListedUnit = z.looseObject({
  UnitNumber: z.union([z.string(), z.number()]).transform(String),
  Building: word,
  Floor: word,
  UnitType: word,
});
export const UnitsAnswer = named("Units", ListedUnit);
export type ResmanListedUnit = z.output<typeof ListedUnit>;

const PartedDate = element({ "@Year": attribute, "@Month": attribute, "@Day": attribute }).optional();

const MarketedUnit = element({
  "@IDValue": attribute,
  Units: element({
    Unit: list(
      element({
        MarketingName: text,
        UnitType: text,
        BuildingName: text,
        UnitBedrooms: text,
        UnitBathrooms: text,
        MinSquareFeet: text,
        MarketRent: text,
        UnitEconomicStatus: text,
        UnitOccupancyStatus: text,
        UnitLeasedStatus: text,
      }),
    ),
  }).optional(),
  Pricing: element({ "MITS-OfferTerm": list(element({ EffectiveRent: text, Term: text })) }).optional(),
  EffectiveRent: Extent,
  FloorLevel: text,
  Availability: element({ VacateDate: PartedDate, MadeReadyDate: PartedDate }).optional(),
});

const Floorplan = element({
  "@IDValue": attribute,
  Name: text,
  UnitCount: text,
  UnitsAvailable: text,
  Room: list(element({ "@RoomType": attribute, Count: text })),
  SquareFeet: Extent,
  MarketRent: Extent,
  EffectiveRent: Extent,
});

export type MitsMarketedUnit = z.output<typeof MarketedUnit>;
export type MitsFloorplan = z.output<typeof Floorplan>;

export const MarketingAnswer = z.object({
  ResMan: element({
    Response: element({
      PhysicalProperty: element({
        Property: list(element({ Floorplan: list(Floorplan), ILS_Unit: list(MarketedUnit) })),
      }).optional(),
    }).optional(),
  }),
});
