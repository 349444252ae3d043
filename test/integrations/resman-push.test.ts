import { describe, expect, it } from "vitest";
import { aResman, failureOf, lead, ref, tour } from "./fake-resman.ts";
import * as answers from "./resman-answers.ts";

describe("pushLead", () => {
  it("looks by e-mail, phone and names before it creates", async () => {
    const { pms, sent, posts } = aResman({
      SearchProspects: [answers.foundNothing],
      PostLeadManagement4_0: [answers.posted],
    });
    expect(await pms.pushLead(lead, null)).toMatchObject({
      outcome: "created",
      ref,
      agreed: { rent: { min: null, max: 1750 } },
    });
    expect(sent.slice(0, 3).map(({ form }) => [...form].slice(4))).toEqual([
      [["Email", "noor.v@example.test"]],
      [["Phone", "(602) 555-0147"]],
      [
        ["FirstName", "Noor"],
        ["LastName", "Vandersloot"],
      ],
    ]);
    expect(posts()).toHaveLength(1);
    expect(posts()[0]).toContain(`DomIQ lead ${lead.leadId}`);
  });

  it("finds by its mark what a try with a lost answer made, and does not make it again", async () => {
    const made = answers.prospectXml(`<CustomerPreferences><TargetMoveInDate>2026-06-15</TargetMoveInDate>
      <DesiredRent Max="1750"/><DesiredNumBedrooms Exact="2"/><Comment>DomIQ lead ${lead.leadId}</Comment></CustomerPreferences>`);
    const { pms, posts } = aResman({ SearchProspects: [answers.found(made)] });
    expect(await pms.pushLead(lead, null)).toMatchObject({ outcome: "unchanged", ref });
    expect(posts()).toEqual([]);
  });

  it("updates by its ids only what differs", async () => {
    const held = answers.prospectXml(`<CustomerPreferences><TargetMoveInDate>2026-06-01</TargetMoveInDate>
      <DesiredRent Max="1750"/><DesiredNumBedrooms Exact="2"/></CustomerPreferences>`);
    const { pms, sent, posts } = aResman({
      SearchProspects: [answers.found(held)],
      PostLeadManagement4_0: [answers.posted],
    });
    expect(await pms.pushLead(lead, ref)).toMatchObject({
      outcome: "updated",
      agreed: { moveInDate: "2026-06-15" },
    });
    expect(sent[0]?.form.get("ProspectID")).toBe(ref.prospectId);
    expect(posts()[0]).toContain("<TargetMoveInDate>2026-06-15</TargetMoveInDate>");
    expect(posts()[0]).not.toMatch(/DesiredRent|Email|Event/);
  });

  it("attaches to a record made by hand with an event that bears its mark, and re-opens a lost one", async () => {
    const { pms, posts } = aResman({
      SearchProspects: [answers.found(answers.prospectXml("", "lost"))],
      PostLeadManagement4_0: [answers.posted],
    });
    expect(await pms.pushLead(lead, null)).toMatchObject({ outcome: "attached", ref, state: "prospect" });
    expect(posts()[0]).toMatch(/EventType="ReActivate".*EventType="Contact".*DomIQ lead/s);
    expect(posts()[0]).not.toContain("<FirstContact>true");
  });

  it("leaves a lead alone that is lost in ResMan and ours by id: re-opening is somebody's decision", async () => {
    const { pms, posts } = aResman({
      SearchProspects: [answers.found(answers.prospectXml("", "lost"))],
      PostLeadManagement4_0: [answers.posted],
    });
    expect(await pms.pushLead(lead, ref)).toMatchObject({ outcome: "updated", state: "lost" });
    expect(posts()[0]).toContain(`<Customer Type="lost">`);
    expect(posts()[0]).not.toContain("ReActivate");
  });

  it("never writes to an applicant or a resident", async () => {
    for (const type of ["applicant", "current_resident"]) {
      const { pms, posts } = aResman({ SearchProspects: [answers.found(answers.prospectXml("", type))] });
      expect((await pms.pushLead(lead, null)).outcome).toBe("read_only");
      expect((await pms.pushLead(lead, ref)).outcome).toBe("read_only");
      expect(
        (await pms.markLost(ref, { reasonId: "r", agentId: "a", at: "2026-05-02T09:12:00Z" })).outcome,
      ).toBe("read_only");
      expect((await pms.pushAppointment(ref, tour)).outcome).toBe("read_only");
      expect(posts()).toEqual([]);
    }
  });

  it("does not take another lead's record, unless told to make a second one", async () => {
    const theirs = answers.prospectXml(
      "<CustomerPreferences><Comment>DomIQ lead other-lead</Comment></CustomerPreferences>",
    );
    const { pms, posts } = aResman({
      SearchProspects: [answers.found(theirs)],
      PostLeadManagement4_0: [answers.posted],
    });
    expect(await pms.pushLead(lead, null)).toMatchObject({ outcome: "taken", leadId: "other-lead" });
    expect(posts()).toEqual([]);
    expect((await pms.pushLead(lead, null, { evenIfTaken: true })).outcome).toBe("created");
  });

  it("falls back to the contact when the stored ids lead nowhere any more", async () => {
    const { pms } = aResman({
      SearchProspects: [answers.foundNothing, answers.found(answers.prospectXml())],
      PostLeadManagement4_0: [answers.posted],
    });
    expect((await pms.pushLead(lead, { prospectId: "gone", personId: "gone" })).outcome).toBe("attached");
  });

  it("asks for another try when ids do not come back", async () => {
    const { pms } = aResman({
      SearchProspects: [answers.foundNothing],
      PostLeadManagement4_0: [answers.postedWithoutIds],
    });
    expect(await failureOf(pms.pushLead(lead, null))).toMatchObject({ kind: "unexpected", retryable: true });
  });
});

describe("pushAppointment", () => {
  const at = "2026-04-28T17:30:00+00:00";
  const mark = `Ref tour ${tour.tourId}`;
  const holding = (...appointment: Parameters<typeof answers.appointmentXml>) =>
    aResman({
      SearchProspects: [answers.found(answers.prospectXml(answers.appointmentXml(...appointment)))],
      PostLeadManagement4_0: [answers.posted],
    });

  it("books once, however often it is asked", async () => {
    const { pms, posts } = aResman({
      SearchProspects: [
        answers.found(answers.prospectXml()),
        answers.found(answers.prospectXml(answers.appointmentXml(at, `In-person tour. ${mark}.`))),
      ],
      PostLeadManagement4_0: [answers.posted],
    });
    expect(await pms.pushAppointment(ref, tour)).toMatchObject({ outcome: "booked", appointmentId: null });
    expect(await pms.pushAppointment(ref, tour)).toMatchObject({ outcome: "unchanged" });
    expect(posts()).toHaveLength(1);
    expect(posts()[0]).toContain(`EventType="Appointment" EventDate="2026-04-28T17:30:00.000Z"`);
  });

  it("moves by the event's id, and without one books the later revision beside it", async () => {
    const later = { ...tour, revision: 1, startsAt: "2026-04-29T20:00:00Z" };
    const known = holding(at, mark, "event-1");
    expect(await known.pms.pushAppointment(ref, later)).toMatchObject({
      outcome: "moved",
      appointmentId: "event-1",
    });
    expect(known.posts()[0]).toContain(`<EventID IDValue="event-1"`);
    const unknown = holding(at, mark);
    expect(await unknown.pms.pushAppointment(ref, later)).toMatchObject({
      outcome: "moved",
      appointmentId: null,
    });
    expect(unknown.posts()[0]).not.toContain("EventID");
  });

  it("changes nothing when it comes after a later revision, or after the staff moved it", async () => {
    const stale = holding(at, `${mark} r2`, "event-1");
    expect(await stale.pms.pushAppointment(ref, { ...tour, revision: 1 })).toMatchObject({
      outcome: "stale",
    });
    const moved = holding("2026-04-30T15:00:00Z", mark, "event-1");
    expect(await moved.pms.pushAppointment(ref, tour)).toMatchObject({
      outcome: "unchanged",
      startsAt: "2026-04-30T15:00:00.000Z",
    });
    expect([...stale.posts(), ...moved.posts()]).toEqual([]);
  });

  it("says when ResMan knows no such prospect", async () => {
    const { pms } = aResman({ SearchProspects: [answers.foundNothing] });
    expect(await pms.pushAppointment(ref, tour)).toEqual({ outcome: "gone" });
  });
});

describe("events", () => {
  const by = { agentId: "agent-1", at: "2026-05-02T09:12:00Z" };
  const holding = (rest: string, type?: string) =>
    aResman({
      SearchProspects: [answers.found(answers.prospectXml(rest, type))],
      PostLeadManagement4_0: [answers.posted],
    });
  const event = (type: string, comments: string) =>
    `<Events><Event EventType="${type}" EventDate="2026-05-01T10:00:00Z"><Comments>${comments}</Comments></Event></Events>`;

  it("lose a prospect with a reason, once", async () => {
    const open = holding("");
    expect(await open.pms.markLost(ref, { ...by, reasonId: "reason-1" })).toEqual({ outcome: "done" });
    expect(open.posts()[0]).toMatch(
      /<Customer Type="lost">.*EventType="Cancel".*<TransactionSource>reason-1</s,
    );
    expect(await holding("", "lost").pms.markLost(ref, { ...by, reasonId: "reason-1" })).toEqual({
      outcome: "unchanged",
    });
  });

  it("re-open a lost one, once", async () => {
    const lost = holding("", "lost");
    expect(await lost.pms.reopen(ref, by)).toEqual({ outcome: "done" });
    expect(lost.posts()[0]).toMatch(/<Customer Type="prospect">.*EventType="ReActivate"/s);
    expect(await holding("").pms.reopen(ref, by)).toEqual({ outcome: "unchanged" });
  });

  it("say once that a tour is cancelled, that it took place, and a note", async () => {
    const mark = `Ref tour ${tour.tourId}`;
    const note = {
      noteId: "note-1",
      at: by.at,
      subject: null,
      text: "Called back.",
      agentId: "agent-1",
      sourceId: null,
    };
    const cancel = { at: by.at, reason: null };
    const fresh = holding(event("Appointment", mark));
    expect(await fresh.pms.cancelAppointment(ref, tour, cancel)).toEqual({ outcome: "done" });
    expect(await fresh.pms.logShow(ref, tour)).toEqual({ outcome: "done" });
    expect(await fresh.pms.logNote(ref, note)).toEqual({ outcome: "done" });
    expect(fresh.posts().map((xml) => /EventType="(\w+)"/.exec(xml)?.[1])).toEqual([
      "Other",
      "Show",
      "Other",
    ]);
    const told = await Promise.all([
      holding(event("Other", `Tour cancelled: ${mark}.`)).pms.cancelAppointment(ref, tour, cancel),
      holding(event("Show", `Tour took place: ${mark}.`)).pms.logShow(ref, tour),
      holding(event("Other", "Ref note note-1. Called back.")).pms.logNote(ref, note),
    ]);
    expect(told).toEqual([{ outcome: "unchanged" }, { outcome: "unchanged" }, { outcome: "unchanged" }]);
  });
});
