import { describe, expect, it } from "vitest";
import { isUnknownSource } from "../../src/integrations/resman/call-resman.ts";
import { aResman, failureOf, lead, ref } from "./fake-resman.ts";
import * as answers from "./resman-answers.ts";

describe("the wire", () => {
  it("posts a form with the credentials in its body and asks for the format each method speaks", async () => {
    const { pms, sent } = aResman({
      GetProspectSources: [answers.sources],
      SearchProspects: [answers.foundNothing],
    });
    expect(await pms.listSources()).toEqual([{ id: "source-1", name: "Community website" }]);
    await pms.getProspect(ref);
    expect(sent.map(({ url }) => url)).toEqual([
      "https://resman.test/Leasing/GetProspectSources",
      "https://resman.test/MITS/SearchProspects",
    ]);
    expect(sent.map(({ headers }) => headers.get("Accept"))).toEqual(["application/json", "application/xml"]);
    expect(sent[0]?.headers.get("Content-Type")).toBe("application/x-www-form-urlencoded");
    expect(Object.fromEntries(sent[0]!.form)).toEqual({
      IntegrationPartnerID: "partner",
      ApiKey: "s3cret-key",
      AccountID: "777",
      PropertyID: "5b1f2c9e-0a64-4d0b-9f43-1c2d7e8a9001",
    });
  });

  it("reads the lists a mapping needs, and null as an empty one", async () => {
    const { pms, sent } = aResman({
      GetProspectSources: [answers.noSources],
      GetLostProspectReasons: [answers.lostReasons],
      GetEmployees: [answers.employees],
      GetApplicantsAndCurrentResidents: [answers.occupants],
    });
    expect(await pms.listSources()).toEqual([]);
    expect(await pms.listLostReasons()).toEqual([{ id: "reason-1", name: "Chose another community" }]);
    expect(await pms.listEmployees()).toEqual([{ id: "agent-1", name: "Ola Reyes", email: null }]);
    expect(await pms.listApplicantsAndResidents()).toMatchObject([
      { personId: ref.personId, status: "Pending", leaseStart: "2026-06-15", leaseEnd: "2027-06-14" },
    ]);
    expect(sent[1]?.form.has("PropertyID")).toBe(false);
  });

  it("joins the marketed units with those that are not marketed", async () => {
    const { pms } = aResman({ GetUnits: [answers.units], GetMarketing4_0: [answers.marketing] });
    const { units, floorplans } = await pms.listUnits();
    expect(units).toMatchObject([
      {
        unitNumber: "2107",
        isAvailable: true,
        rent: 1570,
        rentTermMonths: 12,
        floor: "2",
        availableOn: "2026-05-04",
      },
      { unitNumber: "101", isMarketed: false, isAvailable: false, floorplan: "A1" },
    ]);
    expect(floorplans).toMatchObject([
      { floorplan: "A2-Saguaro", bedrooms: 2, rent: { min: 1595, max: 1640 } },
    ]);
  });
});

describe("failures", () => {
  it("takes HTTP 200 with anything but Success inside for a no", async () => {
    const { pms } = aResman({
      SearchProspects: [answers.refusedXml("Something went wrong")],
      GetEmployees: [answers.refusedJson("Not today")],
      GetProspectSources: ["{}"],
    });
    expect(await failureOf(pms.getProspect(ref))).toMatchObject({
      kind: "refused",
      detail: "Error: Something went wrong",
    });
    expect(await failureOf(pms.listEmployees())).toMatchObject({
      kind: "refused",
      isOutage: false,
      retryable: true,
    });
    expect(await failureOf(pms.listSources())).toMatchObject({
      kind: "refused",
      detail: "no status: no description",
    });
  });

  it("knows the refusal that only a person can mend", async () => {
    const { pms } = aResman({
      SearchProspects: [answers.foundNothing],
      PostLeadManagement4_0: [answers.refusedXml("Transaction Source could not be found")],
    });
    const error = await failureOf(pms.pushLead(lead, null));
    expect(isUnknownSource(error)).toBe(true);
    expect(error.retryable).toBe(false);
  });

  it("tells ResMan being away from ResMan saying no", async () => {
    const { pms } = aResman({
      GetEmployees: [new TypeError("connect ECONNREFUSED")],
      GetProspectSources: [new Response("<html>Bad gateway</html>", { status: 502 })],
      GetLostProspectReasons: ["<html>We are updating</html>"],
    });
    expect(await failureOf(pms.listEmployees())).toMatchObject({ kind: "network", isOutage: true });
    expect(await failureOf(pms.listSources())).toMatchObject({ kind: "http", status: 502, isOutage: true });
    expect(await failureOf(pms.listLostReasons())).toMatchObject({ kind: "unreadable", isOutage: true });
  });

  it("does not retry an answer of another shape for ever", async () => {
    const { pms } = aResman({
      GetEmployees: [JSON.stringify({ Status: "Success", Employees: [{ Name: 7 }] })],
      SearchProspects: ["<Something><Else/></Something>"],
    });
    expect(await failureOf(pms.listEmployees())).toMatchObject({ kind: "unexpected", retryable: false });
    expect(await failureOf(pms.getProspect(ref))).toMatchObject({ kind: "unexpected", retryable: false });
  });

  it("keeps the key out of every error", async () => {
    const { pms } = aResman({
      GetEmployees: [new Response("ApiKey s3cret-key is not known", { status: 401 })],
      SearchProspects: [answers.refusedXml("ApiKey s3cret-key is not known")],
    });
    for (const work of [() => pms.listEmployees(), () => pms.getProspect(ref)]) {
      const error = await failureOf(work());
      expect(error.detail).toContain("***");
      expect(JSON.stringify(error) + String(error)).not.toContain("s3cret-key");
    }
  });
});

describe("listChangedProspects", () => {
  const window = { from: "2026-05-01T00:00:00Z", to: "2026-05-02T00:00:00Z" };
  const overflow = () => new Response("upstream error: buffer overflow", { status: 502 });

  it("asks in UTC and gives each prospect once", async () => {
    const { pms, sent } = aResman({
      SearchProspects: [answers.found(answers.prospectXml(), answers.prospectXml("", "lost"))],
    });
    expect(await pms.listChangedProspects(window)).toMatchObject([{ ref, state: "lost" }]);
    expect(sent[0]?.form.get("ModifiedStartDateTime")).toBe("2026-05-01 00:00:00.000+00:00");
    expect(sent[0]?.form.get("ModifiedEndDateTime")).toBe("2026-05-02 00:00:00.000+00:00");
  });

  it("halves a window that is too big, and leaves no gap", async () => {
    const { pms, sent } = aResman({
      SearchProspects: [
        overflow(),
        overflow(),
        answers.foundNothing,
        answers.found(answers.prospectXml()),
        answers.foundNothing,
      ],
    });
    expect(await pms.listChangedProspects(window)).toHaveLength(1);
    const asked = sent
      .slice(2)
      .map(({ form }) => [form.get("ModifiedStartDateTime"), form.get("ModifiedEndDateTime")]);
    expect(asked).toEqual([
      ["2026-05-01 00:00:00.000+00:00", "2026-05-01 06:00:00.000+00:00"],
      ["2026-05-01 05:59:59.000+00:00", "2026-05-01 12:00:00.000+00:00"],
      ["2026-05-01 11:59:59.000+00:00", "2026-05-02 00:00:00.000+00:00"],
    ]);
  });

  it("gives up when even seconds are too much, and on any other failure at once", async () => {
    const drowning = aResman({ SearchProspects: [overflow()] });
    expect(await failureOf(drowning.pms.listChangedProspects(window))).toMatchObject({ status: 502 });
    expect(drowning.sent.length).toBeLessThan(25);
    const down = aResman({ SearchProspects: [new Response("", { status: 503 })] });
    await failureOf(down.pms.listChangedProspects(window));
    expect(down.sent).toHaveLength(1);
  });
});
