import { fold } from "./contact-keys.ts";

/** What two records of a person can agree or differ in. */
export type Identity = {
  firstName: string | null;
  lastName: string | null;
  emails: string[];
  phones: string[];
};

export type Likeness = {
  /** They share an address or a number, and differ in at most one of e-mail, phone and last name. */
  isDuplicate: boolean;
  /** 0 to 100: the sum of the points of the reasons. */
  score: number;
  reasons: string[];
};

type Verdict = "same" | "different" | "unknown";

const points: Record<Exclude<Verdict, "unknown">, Record<Part, number>> = {
  same: { email: 45, phone: 40, "last name": 10, "first name": 5 },
  different: { email: -15, phone: -15, "last name": -15, "first name": -5 },
};

type Part = "email" | "phone" | "last name" | "first name";

/** How much two records speak of one person. What either does not know is no difference. */
export function compare(a: Identity, b: Identity): Likeness {
  const verdicts: [Part, Verdict, string | undefined][] = [
    ["email", ...verdictOf(a.emails, b.emails)],
    ["phone", ...verdictOf(a.phones, b.phones)],
    ["last name", ...verdictOf(named(a.lastName), named(b.lastName))],
    ["first name", ...verdictOf(named(a.firstName), named(b.firstName))],
  ];
  const is = (verdict: Verdict, ...parts: Part[]) =>
    verdicts.filter(([part, found]) => found === verdict && parts.includes(part)).length;
  const told = verdicts.flatMap(([part, verdict, shared]) =>
    verdict === "unknown" ? [] : [{ part, verdict, shared }],
  );
  const score = told.reduce((sum, { part, verdict }) => sum + points[verdict][part], 0);
  return {
    isDuplicate: is("same", "email", "phone") > 0 && is("different", "email", "phone", "last name") <= 1,
    score: Math.max(0, score),
    reasons: told.map(({ part, verdict, shared }) =>
      shared === undefined ? `${verdict} ${part}` : `${verdict} ${part}: ${shared}`,
    ),
  };
}

function verdictOf(a: string[], b: string[]): [Verdict, string | undefined] {
  const shared = a.find((value) => b.includes(value));
  if (shared !== undefined) return ["same", shared];
  return [a.length > 0 && b.length > 0 ? "different" : "unknown", undefined];
}

function named(name: string | null): string[] {
  return name === null ? [] : [fold(name)];
}
