import { unitsSentence } from "./plan-answers.ts";
import type { Awaiting, Part, PlanInput } from "./plan.ts";
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
  // Who likes what was found is ready to see it; more questions would hold that up.
  const isPleased = understanding.affirms && !tells;
  const next = units?.count === 0 || isPleased ? null : nextWish(all, input.state.asked);
  if (units?.count === 0) {
    part.text.push(
      "Our leasing team can tell you what comes up next; just ask for a person. Would you like to come and see the place meanwhile? I can offer you tour times.",
    );
    return { ...part, payload: { kind: "handoff" }, state: { awaiting: "tour", invited: true } };
  }
  if (next) {
    const asked = [...input.state.asked, next.awaiting];
    return { ...part, text: [...part.text, next.question], state: { awaiting: next.awaiting, asked } };
  }
  if (input.tour) return part.text.length > 0 ? part : null;
  return {
    ...part,
    text: [...part.text, "Would you like to see it in person? I can offer you tour times."],
    state: { awaiting: "tour", invited: true },
  };
}

type Wish = { question: string; awaiting: Awaiting; slot: keyof Slots };

const WISHES: Wish[] = [
  { question: "How many bedrooms would you like?", awaiting: "bedrooms", slot: "bedrooms" },
  { question: "When would you like to move in?", awaiting: "move_in_date", slot: "move_in_date" },
  { question: "What monthly budget do you have in mind?", awaiting: "budget", slot: "price_max" },
];

/** The next thing worth knowing. A visitor who passed over a question is not asked it again. */
function nextWish(slots: Slots, asked: Awaiting[]): Wish | undefined {
  return WISHES.find(({ slot, awaiting }) => slots[slot] === undefined && !asked.includes(awaiting));
}
