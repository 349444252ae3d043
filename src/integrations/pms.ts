/**
 * What we ask of a property-management system, in our words. A vendor is one folder that makes a `Pms`.
 * Ids of the vendor are opaque strings. Instants are ISO 8601 in UTC, dates YYYY-MM-DD, money dollars a month.
 */
export type Pms = {
  /** Finds the lead by its stored ids, else by e-mail, phone, names. Never answers with somebody else's record. */
  findProspect(lead: LeadForPms, known: ProspectRef | null): Promise<ProspectMatch>;
  /** Creates, updates or leaves alone; safe to repeat. `evenIfTaken` makes a second prospect beside another lead's. */
  pushLead(
    lead: LeadForPms,
    known: ProspectRef | null,
    options?: { evenIfTaken?: boolean },
  ): Promise<PushedLead>;
  /** Books the tour or moves it to where it should be; safe to repeat and to run late. */
  pushAppointment(ref: ProspectRef, tour: TourForPms): Promise<PushedAppointment>;
  /** Says that the tour will not take place. The appointment itself may stay, where the vendor cannot remove it. */
  cancelAppointment(
    ref: ProspectRef,
    tour: TourForPms,
    cancel: { at: string; reason: string | null },
  ): Promise<Pushed>;
  /** Records that the prospect came. */
  logShow(ref: ProspectRef, tour: TourForPms): Promise<Pushed>;
  logNote(ref: ProspectRef, note: NoteForPms): Promise<Pushed>;
  markLost(ref: ProspectRef, loss: { reasonId: string; agentId: string; at: string }): Promise<Pushed>;
  reopen(ref: ProspectRef, by: { agentId: string; at: string }): Promise<Pushed>;
  getProspect(ref: ProspectRef): Promise<PmsProspect | null>;
  /** Prospects changed within the window, each once; both bounds are instants on the vendor's clock, i.e. real time. */
  listChangedProspects(window: { from: string; to: string }): Promise<PmsProspect[]>;
  listApplicantsAndResidents(): Promise<PmsOccupant[]>;
  listSources(): Promise<PmsChoice[]>;
  listLostReasons(): Promise<PmsChoice[]>;
  listEmployees(): Promise<PmsEmployee[]>;
  /** Every unit and floor plan, marketed or not. */
  listUnits(): Promise<PmsHomes>;
};

/** A household's record and the person in it; both are needed to write to it. */
export type ProspectRef = { prospectId: string; personId: string };

/** Null at a bound means open; both bounds equal means exactly that. */
export type Range = { min: number | null; max: number | null };

export type PetKind = "dog" | "cat" | "bird" | "reptile" | "fish" | "other";
export type Pet = { kind: PetKind; count: number; description: string | null };

/** What both sides know of a person's wish for a home. Null: not known here, so nothing is said about it. */
export type ProspectFields = {
  firstName: string;
  lastName: string;
  email: string | null;
  /** E.164 where it is a possible number, else as it was typed. */
  phone: string | null;
  moveInDate: string | null;
  rent: Range | null;
  bedrooms: Range | null;
  bathrooms: Range | null;
  leaseMonths: number | null;
  occupantsCount: number | null;
  floorplan: string | null;
  unitNumber: string | null;
  pets: Pet[] | null;
};

export type ContactChannel = "chat" | "web_form" | "email" | "phone" | "text" | "walk_in" | "other";

export type LeadForPms = ProspectFields & {
  leadId: string;
  /** Remarks for the leasing staff, one fact each. */
  comments: string[];
  firstContact: { at: string; channel: ContactChannel; summary: string };
  /** Where the lead came from and whose it is, as the vendor's ids. */
  sourceId: string;
  agentId: string;
};

export type TourKind = "in_person" | "virtual" | "self_guided";

export type TourForPms = {
  tourId: string;
  /** Grows with every reschedule, from 0; a push older than what the vendor holds changes nothing. */
  revision: number;
  startsAt: string;
  durationMinutes: number;
  /** IANA zone of the property; staff read the local time in the note. */
  timeZone: string;
  kind: TourKind;
  unitNumber: string | null;
  notes: string | null;
  /** The vendor's id of the appointment, once known. */
  appointmentId: string | null;
  agentId: string;
  sourceId: string;
};

export type NoteForPms = {
  noteId: string;
  at: string;
  subject: string | null;
  text: string;
  agentId: string;
  sourceId: string | null;
};

/** `former`: has lived there; a new interest is a new prospect. `other`: nothing we may write to. */
export type ProspectState = "prospect" | "lost" | "applicant" | "resident" | "former" | "other";

export type PmsProspect = ProspectFields & {
  ref: ProspectRef;
  state: ProspectState;
  lostReason: string | null;
  /** The leads of ours that left their mark on this record. */
  leadIds: string[];
  people: PmsPerson[];
  comments: string[];
  events: PmsEvent[];
  appointments: PmsAppointment[];
  sourceId: string | null;
  agentId: string | null;
  firstContactAt: string | null;
  lastUpdatedAt: string | null;
};

export type PmsPerson = {
  personId: string;
  state: ProspectState;
  firstName: string;
  lastName: string;
  email: string | null;
  phone: string | null;
};

export type PmsEventKind =
  | "appointment"
  | "lost"
  | "reopened"
  | "show"
  | "application"
  | "approved"
  | "lease_signed"
  | "message"
  | "contact"
  | "other";

export type PmsEvent = {
  eventId: string | null;
  kind: PmsEventKind;
  at: string;
  isFirstContact: boolean;
  agentId: string | null;
  sourceId: string | null;
  reason: string | null;
  comments: string | null;
};

export type PmsAppointment = {
  appointmentId: string | null;
  startsAt: string;
  /** Our tour and its revision, where our mark is on it. */
  tourId: string | null;
  revision: number;
  comments: string | null;
};

/**
 * `taken`: the record carries the mark of another lead of ours.
 * `read_only`: an applicant or resident, whose record only the vendor's own workflow changes.
 */
export type ProspectMatch =
  | { outcome: "found"; by: MatchedBy; prospect: PmsProspect }
  | { outcome: "taken"; by: MatchedBy; prospect: PmsProspect; leadId: string }
  | { outcome: "read_only"; by: MatchedBy; prospect: PmsProspect }
  | { outcome: "none" };

export type MatchedBy = "ids" | "email" | "phone" | "names";

/** `agreed`: what the vendor now holds, in the form it will be read back: the base of the next three-way merge. */
export type PushedLead =
  | {
      outcome: "created" | "updated" | "attached" | "unchanged";
      ref: ProspectRef;
      state: ProspectState;
      agreed: ProspectFields;
    }
  | { outcome: "taken"; ref: ProspectRef; prospect: PmsProspect; leadId: string }
  | { outcome: "read_only"; ref: ProspectRef; prospect: PmsProspect };

/** `stale`: the vendor already holds a later revision. `appointmentId` is null where the vendor does not tell it. */
export type PushedAppointment =
  | { outcome: "booked" | "moved" | "unchanged" | "stale"; appointmentId: string | null; startsAt: string }
  | { outcome: "read_only" | "gone" };

/** `gone`: the vendor knows no such prospect any more. */
export type Pushed = { outcome: "done" | "unchanged" | "read_only" | "gone" };

export type PmsChoice = { id: string; name: string };
export type PmsEmployee = { id: string; name: string; email: string | null };

export type PmsOccupant = {
  personId: string;
  firstName: string;
  lastName: string;
  unitNumber: string | null;
  /** The vendor's word, e.g. `Pending` or `Current`. */
  status: string;
  leaseStart: string | null;
  leaseEnd: string | null;
};

export type PmsHomes = { units: PmsUnit[]; floorplans: PmsFloorplan[] };

export type PmsUnit = {
  unitNumber: string;
  floorplan: string | null;
  building: string | null;
  floor: string | null;
  bedrooms: number | null;
  bathrooms: number | null;
  squareFeet: number | null;
  marketRent: number | null;
  /** What a new lease would pay, and for how many months. */
  rent: number | null;
  rentTermMonths: number | null;
  offers: { months: number; rent: number }[];
  isMarketed: boolean;
  isAvailable: boolean;
  availableOn: string | null;
};

export type PmsFloorplan = {
  floorplan: string;
  title: string;
  bedrooms: number | null;
  bathrooms: number | null;
  squareFeet: Range | null;
  rent: Range | null;
  unitsCount: number | null;
  availableCount: number | null;
};
