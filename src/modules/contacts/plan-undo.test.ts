import { describe, expect, it } from "vitest";
import { aValue, tidyValues } from "./contact-values.ts";
import { planMerge } from "./plan-merge.ts";
import { planUndo } from "./plan-undo.ts";
import type { ContactRow } from "./present.ts";

const at = new Date("2026-01-05T10:00:00Z");
const later = new Date("2026-01-06T10:00:00Z");

const before: ContactRow = {
  id: "a",
  companyId: "company",
  firstName: "Nora",
  lastName: null,
  companyName: null,
  displayName: "Nora",
  emails: tidyValues([aValue("a@x.test")]),
  phones: [],
  address: null,
  tags: [],
  notes: null,
  customFields: {},
  source: null,
  assignedTo: null,
  relationshipStatus: "prospect",
  lifecycleStage: "awareness",
  statusSeq: 1,
  lastContacted: null,
  mergedInto: null,
  version: 1,
  createdAt: at,
  updatedAt: at,
  deletedAt: null,
};
const other: ContactRow = {
  ...before,
  id: "b",
  firstName: "Eleonora",
  lastName: "Field",
  emails: tidyValues([aValue("b@x.test")]),
  lastContacted: at,
};
const after: ContactRow = { ...before, ...planMerge(before, [other], {}).merged, version: 2 };
const archived = { ...other, deletedAt: later, mergedInto: "a" };

const undo = (now: Partial<ContactRow> | null, secondary: Partial<ContactRow> = {}) =>
  planUndo({
    before,
    after,
    now: now === null ? undefined : { ...after, ...now },
    secondaries: [{ before: other, now: { ...archived, ...secondary } }],
  });

describe("planUndo", () => {
  it("puts everything back that the merge changed", () => {
    const { restored, conflicts } = undo({});
    expect(conflicts).toEqual([]);
    expect(restored).toMatchObject({
      firstName: "Nora",
      lastName: null,
      displayName: "Nora",
      emails: before.emails,
      lastContacted: null,
    });
  });

  it("leaves what was changed since and is none of the merge's", () => {
    const { restored, conflicts } = undo({ firstName: "Norah", source: "phone", lifecycleStage: "interest" });
    expect(conflicts).toEqual([]);
    expect(restored).toMatchObject({
      firstName: "Norah",
      source: "phone",
      lifecycleStage: "interest",
      lastName: null,
      displayName: "Norah",
    });
  });

  it("names every field the merge made and somebody changed since", () => {
    const { conflicts } = undo({ lastName: "Smith", emails: [] });
    expect(conflicts.map(({ contactId, field }) => [contactId, field])).toEqual([
      ["a", "last_name"],
      ["a", "emails"],
    ]);
  });

  it("keeps what was added to a list since, and takes only what the merge put there", () => {
    const since = aValue("since@x.test");
    const { restored, conflicts } = undo({
      emails: [...after.emails, since],
      tags: ["vip"],
      phones: [since],
    });
    expect(conflicts).toEqual([]);
    expect(restored.emails).toEqual([...before.emails, since]);
    expect([restored.tags, restored.phones]).toEqual([["vip"], [since]]);
  });

  it("names a list of which something is gone or another, whatever was added", () => {
    const [first, second] = after.emails;
    const since = aValue("since@x.test");
    const changed = { ...second!, consent: "denied" as const };
    for (const emails of [
      [first!, since],
      [first!, changed, since],
    ])
      expect(undo({ emails }).conflicts.map(({ field }) => field)).toEqual(["emails"]);
  });

  it("has nothing against a field that was put back by hand", () => {
    expect(undo({ lastName: null }).conflicts).toEqual([]);
  });

  it("keeps a later contact as the last one", () => {
    expect(undo({ lastContacted: later }).restored.lastContacted).toEqual(later);
  });

  it("stops at contacts that have gone on: archived, merged further, or no longer merged", () => {
    expect(undo({ deletedAt: later }).conflicts).toMatchObject([
      { contactId: "a", message: expect.stringContaining("archived") },
    ]);
    expect(undo({ deletedAt: later, mergedInto: "c" }).conflicts).toMatchObject([
      { message: expect.stringContaining("another contact") },
    ]);
    expect(undo(null).conflicts).toMatchObject([{ contactId: "a" }]);
    expect(undo({}, { mergedInto: null }).conflicts).toMatchObject([{ contactId: "b" }]);
  });
});
