import { describe, expect, it } from "vitest";
import type { Recipient } from "./action-config.ts";
import { type Person, resolveAssignee, resolveRecipients } from "./resolve-recipients.ts";

const person = (managerId: string, over: Partial<Person> = {}): Person => ({
  managerId,
  email: `${managerId}@example.test`,
  name: managerId,
  role: "agent",
  worksHere: true,
  isPrimary: false,
  ...over,
});

const people = [
  person("ann"),
  person("ben", { role: "manager", isPrimary: true }),
  person("cy", { role: null }),
  person("dan", { worksHere: false }),
  person("eve", { managerId: null, role: "company_admin", worksHere: false }),
];

const told = (
  recipients: Recipient[],
  channels: ("in_app" | "email")[] = ["in_app"],
  assignedTo: string | null = "ann",
) => resolveRecipients(recipients, channels, { people, assignedTo });
const names = (...args: Parameters<typeof told>) => told(...args).map(({ name }) => name);

describe("resolveRecipients", () => {
  it("finds the assigned manager, else the primary one, else everybody of the property", () => {
    const assigned: Recipient[] = [{ type: "assigned_manager" }];
    expect(names(assigned)).toEqual(["ann"]);
    expect(names(assigned, ["in_app"], null)).toEqual(["ben"]);
    expect(names(assigned, ["in_app"], "dan")).toEqual(["ben"]);
    const without = people.filter(({ isPrimary }) => !isPrimary);
    expect(
      resolveRecipients(assigned, ["in_app"], { people: without, assignedTo: null }).map(({ name }) => name),
    ).toEqual(["ann", "cy"]);
  });

  it("finds all managers of the property and nobody of another", () => {
    expect(names([{ type: "all_managers" }])).toEqual(["ann", "ben", "cy"]);
  });

  it("finds a role at the property, and administrators wherever they are", () => {
    expect(names([{ type: "role", role: "agent" }])).toEqual(["ann"]);
    expect(names([{ type: "role", role: "company_admin" }], ["email"])).toEqual(["eve"]);
    expect(names([{ type: "role", role: "company_admin" }], ["in_app"])).toEqual([]);
  });

  it("finds a named manager as long as the manager works there", () => {
    expect(names([{ type: "manager", manager_id: "cy" }])).toEqual(["cy"]);
    expect(names([{ type: "manager", manager_id: "dan" }])).toEqual([]);
  });

  it("reaches people by the channels asked for", () => {
    const everybody: Recipient[] = [
      { type: "assigned_manager" },
      { type: "email", email: "desk@example.test" },
    ];
    expect(told(everybody, ["in_app", "email"])).toEqual([
      { name: "ann", inApp: "ann", email: "ann@example.test" },
      { name: "desk@example.test", inApp: null, email: "desk@example.test" },
    ]);
    expect(told([{ type: "assigned_manager" }], ["email"])).toEqual([
      { name: "ann", inApp: null, email: "ann@example.test" },
    ]);
  });

  it("tells nobody twice, however often and as what they are named", () => {
    const often: Recipient[] = [
      { type: "all_managers" },
      { type: "assigned_manager" },
      { type: "role", role: "manager" },
      { type: "email", email: "ANN@example.test" },
    ];
    expect(told(often, ["in_app", "email"])).toHaveLength(3);
    expect(told(often, ["in_app", "email"])[0]).toMatchObject({ inApp: "ann" });
  });
});

describe("resolveAssignee", () => {
  const to = (assignTo: string, assignedTo: string | null = "ann") =>
    resolveAssignee(assignTo, { people, assignedTo });

  it("gives work to the lead's manager, else to the primary one", () => {
    expect(to("assigned_manager")).toBe("ann");
    expect(to("assigned_manager", null)).toBe("ben");
    expect(to("primary_manager")).toBe("ben");
  });

  it("gives it to a named manager, and to the primary one once that manager has left", () => {
    expect(to("cy")).toBe("cy");
    expect(to("dan")).toBe("ben");
  });

  it("gives it to nobody when that is wanted", () => {
    expect(to("nobody")).toBeNull();
  });
});
