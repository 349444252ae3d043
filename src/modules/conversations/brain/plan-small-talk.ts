import { contactAsk } from "./plan-contact.ts";
import type { Part, PlanInput } from "./plan.ts";

const OFFER = "I can look for a home, answer questions or book a tour.";

/** The reply when there is neither a question, nor a tour, nor a home to talk about. */
export function planSmallTalk(input: PlanInput): Part {
  const { understanding, state, propertyName } = input;
  const { intent } = understanding;
  if (understanding.closes && (intent === "goodbye" || intent === "deny")) return farewell(propertyName);
  if (intent === "deny") return declined(input);
  if (intent === "goodbye" || (understanding.thanks && state.awaiting === "anything_else"))
    return {
      text: ["You are welcome. Anything else I can help with?"],
      actions: [],
      state: { awaiting: "anything_else" },
    };
  if (intent === "greeting")
    return {
      text: [`Hello! I am the assistant of ${propertyName}. ${OFFER} What brings you here?`],
      actions: [],
    };
  if (state.chosen !== null) return contactAsk(input, state.chosen);
  if (understanding.affirms && !input.tour)
    return {
      text: ["Good. Would you like to see it in person? I can offer you tour times."],
      actions: [],
      state: { awaiting: "tour", invited: true },
    };
  if (understanding.affirms)
    return { text: [`Good. ${OFFER} What would you like?`], actions: [], state: { awaiting: null } };
  const first = understanding.slots.first_name;
  if (Object.keys(understanding.slots).length > 0) {
    return {
      text: [`Thank you${first ? `, ${first}` : ""}, I have noted that. ${OFFER} What would you like?`],
      actions: [],
      state: { awaiting: null },
    };
  }
  if (state.awaiting === "tour_time" && state.offered.length > 0) {
    const slots = state.offered.map(({ startsAt, label }) => ({ starts_at: startsAt, label }));
    const text = "I am not sure I understood. Which of these tour times suits you?";
    return { text: [text], actions: [], payload: { kind: "slots", slots } };
  }
  return {
    text: [`I am not sure I understood. ${OFFER} If you would rather talk to a person, just say so.`],
    actions: [],
    payload: { kind: "handoff" },
  };
}

function declined({ state, propertyName }: PlanInput): Part {
  if (state.awaiting === "anything_else") return farewell(propertyName);
  if (state.awaiting === "tour_time") {
    return {
      text: ["No problem. Name another day if you like, or ask me anything else."],
      actions: [],
      state: { awaiting: "tour_date", offered: [], chosen: null },
    };
  }
  return {
    text: ["No problem. Anything else I can help with?"],
    actions: [],
    state: { awaiting: "anything_else", offered: [], chosen: null, invited: true },
  };
}

function farewell(propertyName: string): Part {
  return {
    text: [`Thank you for your interest in ${propertyName}. Write here any time.`],
    actions: [{ type: "end" }],
    state: { awaiting: null, offered: [], chosen: null },
  };
}
