import type { Part, PlanInput } from "./plan.ts";
import type { TourTime } from "./understanding.ts";

/** A tour can be booked for somebody with a name and an e-mail address or a phone number. */
export function hasContact(input: PlanInput): boolean {
  return missing(input).length === 0;
}

function missing({ known, understanding }: PlanInput): string[] {
  const all = { ...known, ...understanding.slots };
  return [
    ...(all.name === undefined && all.first_name === undefined ? ["your name"] : []),
    ...(all.email === undefined && all.phone === undefined ? ["an e-mail address or phone number"] : []),
  ];
}

/** Asks for what is missing and keeps the chosen time until it comes. */
export function contactAsk(input: PlanInput, chosen: TourTime): Part {
  return {
    text: [`${chosen.label} is free. May I have ${missing(input).join(" and ")} to book it?`],
    actions: [{ type: "ask_contact" }],
    payload: { kind: "contact_form" },
    state: {
      awaiting: "contact",
      chosen,
      offered: input.state.offered.length > 0 ? input.state.offered : [chosen],
      invited: true,
    },
  };
}
