import { unitsSentence } from "./plan-answers.ts";
import type { Part, PlanInput, PlanState } from "./plan.ts";
import type { Slots } from "./understanding.ts";

const TOLD = [
  "bedrooms",
  "bathrooms",
  "price_min",
  "price_max",
  "move_in_date",
  "has_pets",
  "furnished",
  "lease_months",
  "occupants_count",
] as const;

/** Says what the record holds for the visitor's wishes and asks for the next one that narrows it. */
export function planHome(input: PlanInput): Part | null {
  const { understanding, units } = input;
  const tells = TOLD.some((name) => understanding.slots[name] !== undefined);
  if (understanding.intent !== "find_home" && !tells) return null;
  const all = { ...input.known, ...understanding.slots };
  const part: Part = { text: units && tells ? [unitsSentence(units)] : [], actions: [] };
  const next = units?.count === 0 ? null : nextWish(all);
  if (units?.count === 0) {
    part.text.push(
      "Our leasing team can tell you what comes up next; just ask for a person. Would you like to come and see the place meanwhile? I can offer you tour times.",
    );
    return { ...part, payload: { kind: "handoff" }, state: { awaiting: "tour", invited: true } };
  }
  if (next) return { ...part, text: [...part.text, next.question], state: { awaiting: next.awaiting } };
  if (input.tour) return part.text.length > 0 ? part : null;
  return {
    ...part,
    text: [...part.text, "Would you like to see it in person? I can offer you tour times."],
    state: { awaiting: "tour", invited: true },
  };
}

function nextWish(slots: Slots): { question: string; awaiting: PlanState["awaiting"] } | null {
  if (slots.bedrooms === undefined)
    return { question: "How many bedrooms would you like?", awaiting: "bedrooms" };
  if (slots.move_in_date === undefined)
    return { question: "When would you like to move in?", awaiting: "move_in_date" };
  if (slots.price_max === undefined)
    return { question: "What monthly budget do you have in mind?", awaiting: "budget" };
  return null;
}
