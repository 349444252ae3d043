import type { Channel, Recipient } from "./action-config.ts";

/** Somebody who could be told: a manager of the property, or an account of the company without such a record. */
export type Person = {
  managerId: string | null;
  email: string | null;
  name: string;
  /** Of the account; null for a manager who cannot sign in. */
  role: string | null;
  /** Whether this manager works at the property. */
  worksHere: boolean;
  isPrimary: boolean;
};

/** One who is told, and how. */
export type Addressee = { name: string; inApp: string | null; email: string | null };

/**
 * Who is told of a lead. The assigned manager of a lead that has none is the property's primary manager, and without
 * one everybody who works there: a notice must reach somebody. Nobody is told twice.
 */
export function resolveRecipients(
  recipients: Recipient[],
  channels: Channel[],
  { people, assignedTo }: { people: Person[]; assignedTo: string | null },
): Addressee[] {
  const told = new Map<string, Addressee>();
  const byApp = channels.includes("in_app");
  const byMail = channels.includes("email");
  const add = ({ managerId, email, name }: Pick<Person, "managerId" | "email" | "name">) => {
    const key = email?.toLowerCase() ?? managerId ?? name;
    const before = told.get(key);
    const inApp = (byApp ? managerId : null) ?? before?.inApp ?? null;
    const address = (byMail ? email : null) ?? before?.email ?? null;
    if (inApp !== null || address !== null) told.set(key, { name, inApp, email: address });
  };
  for (const recipient of recipients)
    for (const person of peopleFor(recipient, people, assignedTo)) add(person);
  return [...told.values()];
}

type Reachable = Pick<Person, "managerId" | "email" | "name">;

function peopleFor(recipient: Recipient, people: Person[], assignedTo: string | null): Reachable[] {
  const here = people.filter(({ worksHere }) => worksHere);
  switch (recipient.type) {
    case "assigned_manager":
      return responsible(here, assignedTo);
    case "all_managers":
      return here;
    case "manager":
      return here.filter(({ managerId }) => managerId === recipient.manager_id);
    case "role":
      // Administrators belong to every property without being assigned to it.
      return people.filter(
        ({ role, worksHere }) => role === recipient.role && (worksHere || role === "company_admin"),
      );
    case "email":
      return [{ managerId: null, email: recipient.email, name: recipient.email }];
  }
}

function responsible(here: Person[], assignedTo: string | null): Person[] {
  const assigned = here.filter(({ managerId }) => managerId !== null && managerId === assignedTo);
  if (assigned.length > 0) return assigned;
  const primary = here.filter(({ isPrimary }) => isPrimary);
  return primary.length > 0 ? primary : here;
}

/** The manager who gets work by an `assign_to`; null for nobody in particular. */
export function resolveAssignee(
  assignTo: string,
  { people, assignedTo }: { people: Person[]; assignedTo: string | null },
): string | null {
  const here = people.filter(({ worksHere }) => worksHere);
  const primary = here.find(({ isPrimary }) => isPrimary)?.managerId ?? null;
  if (assignTo === "nobody") return null;
  if (assignTo === "primary_manager") return primary;
  if (assignTo !== "assigned_manager")
    return here.find(({ managerId }) => managerId === assignTo)?.managerId ?? primary;
  return here.find(({ managerId }) => managerId !== null && managerId === assignedTo)?.managerId ?? primary;
}
