import { describe, expect, it } from "vitest";
import { aValue, tidyValues } from "./contact-values.ts";
import { badChoices, overwrittenBy, planMerge } from "./plan-merge.ts";
import type { ContactRow } from "./present.ts";

const at = new Date("2026-01-05T10:00:00Z");

function aRow(id: string, over: Partial<ContactRow> = {}): ContactRow {
  return {
    id,
    companyId: "company",
    firstName: null,
    lastName: null,
    companyName: null,
    displayName: id,
    emails: [],
    phones: [],
    address: null,
    tags: [],
    notes: null,
    customFields: {},
    source: null,
    assignedTo: null,
    relationshipStatus: "prospect",
    lifecycleStage: "awareness",
    statusSeq: 0,
    lastContacted: null,
    mergedInto: null,
    version: 1,
    createdAt: at,
    updatedAt: at,
    deletedAt: null,
    ...over,
  };
}

const values = (...names: string[]) => tidyValues(names.map(aValue));

describe("planMerge", () => {
  it("keeps what the survivor says and takes from the others what it does not", () => {
    const primary = aRow("a", { firstName: "Nora", source: "chat" });
    const other = aRow("b", { firstName: "Eleonora", lastName: "Field", source: "phone" });
    const { merged, fields } = planMerge(primary, [aRow("c"), other], {});
    expect(merged).toMatchObject({
      firstName: "Nora",
      lastName: "Field",
      source: "chat",
      displayName: "Nora Field",
    });
    expect(fields).toContainEqual({
      field: "first_name",
      value: "Nora",
      from: ["a"],
      alternatives: [{ contactId: "b", value: "Eleonora" }],
    });
    expect(fields).toContainEqual({ field: "last_name", value: "Field", from: ["b"], alternatives: [] });
  });

  it("takes the chosen value of each field, even an empty one", () => {
    const primary = aRow("a", {
      firstName: "Nora",
      companyName: "Acme",
      customFields: { pet: "cat", floor: 2 },
    });
    const other = aRow("b", { firstName: "Eleonora", customFields: { pet: "dog" } });
    const choices = { first_name: "b", company_name: "b", "custom_fields.pet": "b" };
    expect(planMerge(primary, [other], choices).merged).toMatchObject({
      firstName: "Eleonora",
      companyName: null,
      customFields: { pet: "dog", floor: 2 },
    });
  });

  it("unites addresses, numbers and tags without repeats, the survivor's first", () => {
    const primary = aRow("a", { emails: values("a@x.test", "b@x.test"), tags: ["VIP"] });
    const other = aRow("b", {
      emails: values("c@x.test", "a@x.test"),
      phones: values("+13125550123"),
      tags: ["vip", "new"],
    });
    const { merged } = planMerge(primary, [other], {});
    expect(merged.emails.map(({ value, isPrimary }) => [value, isPrimary])).toEqual([
      ["a@x.test", true],
      ["b@x.test", false],
      ["c@x.test", false],
    ]);
    expect(merged.phones).toMatchObject([{ value: "+13125550123", isPrimary: true }]);
    expect(merged.tags).toEqual(["VIP", "new"]);
    const chosen = planMerge(primary, [other], { primary_email: "b" }).merged;
    expect(chosen.emails.find(({ isPrimary }) => isPrimary)?.value).toBe("c@x.test");
  });

  it("leaves every value its own consent, and a value that two have the stricter", () => {
    const granted = { ...aValue("+1"), consent: "granted" as const, consentAt: "2026-01-01T00:00:00.000Z" };
    const denied = { ...granted, consent: "denied" as const, consentAt: "2026-02-01T00:00:00.000Z" };
    const primary = aRow("a", { phones: [granted, { ...granted, value: "+2" }] });
    const other = aRow("b", { phones: [denied, { ...denied, value: "+3" }] });
    expect(planMerge(primary, [other], {}).merged.phones).toMatchObject([
      { value: "+1", consent: "denied", consentAt: denied.consentAt },
      { value: "+2", consent: "granted" },
      { value: "+3", consent: "denied" },
    ]);
  });

  it("loses no note: they stand one after another unless one is chosen", () => {
    const rows = [aRow("b", { notes: "second" }), aRow("c", { notes: "first" })];
    const primary = aRow("a", { notes: "first" });
    expect(planMerge(primary, rows, {}).merged.notes).toBe("first\n\nsecond");
    expect(planMerge(primary, rows, { notes: "b" }).merged.notes).toBe("second");
  });

  it("was last contacted when the last of them was, and keeps the survivor's status, warning of others", () => {
    const primary = aRow("a", { lastContacted: at, lifecycleStage: "interest" });
    const later = new Date(at.getTime() + 1000);
    const other = aRow("b", {
      displayName: "Bob",
      lastContacted: later,
      relationshipStatus: "active_client",
    });
    const { merged, warnings } = planMerge(primary, [other], {});
    expect([merged.lastContacted, merged.lifecycleStage]).toEqual([later, "interest"]);
    expect(warnings).toEqual(["Bob is active_client; the merged contact stays prospect"]);
  });
});

describe("choices", () => {
  it("name fields one can choose and contacts of the merge", () => {
    expect(badChoices({ first_name: "a", "custom_fields.pet": "b", primary_phone: "a" }, ["a", "b"])).toEqual(
      [],
    );
    const bad = badChoices({ relationship_status: "a", notes: "x" }, ["a", "b"]);
    expect(bad.map(({ field }) => field)).toEqual(["fields.relationship_status", "fields.notes"]);
  });

  it("overwrite the survivor where they prefer another's word to its own", () => {
    const primary = aRow("a", { firstName: "Nora", emails: values("a@x.test") });
    const other = aRow("b", { firstName: "Bob", lastName: "Field", emails: values("b@x.test") });
    const overwritten = (choices: Record<string, string>) =>
      overwrittenBy(choices, planMerge(primary, [other], choices), primary);
    expect(overwritten({ first_name: "b", last_name: "b" })).toEqual(["first_name"]);
    expect(overwritten({ primary_email: "b" })).toEqual(["primary_email"]);
    expect(overwritten({ first_name: "a" })).toEqual([]);
    expect(overwritten({})).toEqual([]);
  });
});
