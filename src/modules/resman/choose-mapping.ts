import type { PmsChoice, PmsEmployee } from "../../integrations/pms.ts";

/** The source a web lead comes from, where nobody chose one: one that sounds like the web, else the first. */
export function chooseSource(sources: PmsChoice[]): PmsChoice | null {
  // ResMan's own integrators skip a source of this name: it stands for calls.
  const usable = sources.filter((source) => source.name.trim().toLowerCase() !== "telephone");
  return usable.find((source) => /web|internet|online|chat/i.test(source.name)) ?? usable[0] ?? null;
}

/** The employee leads belong to, where nobody chose one: the first manager of ours that ResMan knows, else its first. */
export function chooseAgent(employees: PmsEmployee[], managerEmails: string[]): PmsEmployee | null {
  const known = managerEmails.map((email) =>
    employees.find((employee) => employee.email?.toLowerCase() === email.toLowerCase()),
  );
  return known.find((employee) => employee !== undefined) ?? employees[0] ?? null;
}

/** ResMan's reason for a lost lead: the one of the same name, else one that leaves it open. */
export function chooseLostReason(reasons: PmsChoice[], said: string | null): PmsChoice | null {
  const word = said?.trim().toLowerCase();
  return (
    reasons.find((reason) => reason.name.trim().toLowerCase() === word) ??
    reasons.find((reason) => /other|unknown|lack of response/i.test(reason.name)) ??
    reasons[0] ??
    null
  );
}
