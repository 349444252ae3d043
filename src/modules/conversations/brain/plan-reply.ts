// One turn of the bot, for its caller:
//
//   0. state = the conversation's, startState() for a new one, inferState(bot's last words) where none was kept
//   1. read = understand(text, { now, timeZone, previousBotMessage, slots: known,
//                                offeredSlots: state.offered, asked: state.awaiting ?? undefined })
//   2. need = needs(text, read, state, known, timeZone)
//      need.faqs:  for each question, rows = approved FAQs MATCHing ftsQuery(question) with their bm25
//                  (none where it is null), then { question, matches: rankFaqs(question, rows) }
//      need.times: free tour times, of need.times.date or, where it has none, the nearest after it
//      need.units: available units that fit { ...known, ...read.slots }
//   3. plan = planReply({ ... })
//   4. carry out plan.actions; where book_tour or reschedule_tour finds its time gone, say
//      planTimeTaken(plan, input, freeTimes) instead
//   5. append plan.reply with plan.payload, keep plan.state
//
// Everything here is a pure function of its arguments; the same turn always gets the same reply.
import { planAnswers } from "./plan-answers.ts";
import { planHome } from "./plan-home.ts";
import { planSmallTalk } from "./plan-small-talk.ts";
import { planTour } from "./plan-tour.ts";
import type { Action, Part, Plan, PlanInput } from "./plan.ts";
import type { TourTime } from "./understanding.ts";

/** What the bot says and does about one message. */
export function planReply(input: PlanInput): Plan {
  const saves = saved(input);
  if (input.speaker === "human") return { reply: "", actions: saves, abstained: false, state: input.state };
  const parts = handoff(input) ?? partsOf(input);
  const follow = followUp(input, parts);
  return compose(input, saves, follow ? [...parts, follow] : parts);
}

/** The plan in place of one whose time somebody else booked meanwhile. */
export function planTimeTaken(plan: Plan, input: PlanInput, free: TourTime[]): Plan {
  const taken = plan.actions.find(
    (action) => action.type === "book_tour" || action.type === "reschedule_tour",
  );
  const times = free.filter((time) => time.startsAt !== taken?.startsAt).slice(0, 5);
  const kept = plan.actions.filter((action) => action !== taken);
  const state = { ...input.state, awaiting: "tour_time" as const, offered: times, chosen: null };
  if (times.length === 0) {
    const reply =
      "I am sorry, that time has just been taken and I have no other free time to offer. Would you like to talk to a person?";
    return {
      reply,
      payload: { kind: "handoff" },
      actions: kept,
      abstained: plan.abstained,
      state: { ...state, awaiting: "person" },
    };
  }
  const list = times.map(({ label }) => label).join("; ");
  return {
    reply: `I am sorry, that time has just been taken. Still free: ${list}. Which one suits you?`,
    payload: { kind: "slots", slots: times.map(({ startsAt, label }) => ({ starts_at: startsAt, label })) },
    actions: [...kept, { type: "offer_times", date: null, times }],
    abstained: plan.abstained,
    state,
  };
}

function saved({ understanding }: PlanInput): Action[] {
  const { slots } = understanding;
  return Object.keys(slots).length > 0 ? [{ type: "save_slots", slots }] : [];
}

function handoff({ understanding, state, propertyName }: PlanInput): Part[] | null {
  const saysMore = Object.keys(understanding.slots).length + understanding.asks.length > 0;
  const accepts =
    state.awaiting === "person" && understanding.affirms && !saysMore && !understanding.wantsTour;
  if (!understanding.wantsHuman && !accepts) return null;
  const reason = understanding.wantsHuman ? ("asked_for_person" as const) : ("accepted_offer" as const);
  return [
    {
      text: [
        `I am handing you over to the leasing team of ${propertyName}. A person will answer you here; what you wrote so far is passed on.`,
      ],
      actions: [{ type: "handoff", reason }],
      payload: { kind: "handoff" },
      state: { awaiting: null },
    },
  ];
}

function partsOf(input: PlanInput): Part[] {
  const answers = planAnswers(input);
  const tour = planTour(input);
  const home = tour ? null : planHome(input);
  const parts = [answers, tour, home].filter((part) => part !== null);
  return parts.length > 0 ? parts : [planSmallTalk(input)];
}

/** After a mere answer the bot takes up what was open, or proposes a tour once. */
function followUp({ state, tour, understanding }: PlanInput, parts: Part[]): Part | null {
  const onlyAnswers = parts.length === 1 && understanding.asks.length > 0 && parts[0]?.state === undefined;
  if (!onlyAnswers) return null;
  if (state.awaiting === "tour_time" && state.offered.length > 0) {
    const slots = state.offered.map(({ startsAt, label }) => ({ starts_at: startsAt, label }));
    return { text: ["Which of the tour times suits you?"], actions: [], payload: { kind: "slots", slots } };
  }
  if (state.awaiting === "contact") {
    return {
      text: ["To book your tour I still need your name and an e-mail address or phone number."],
      actions: [],
      payload: { kind: "contact_form" },
    };
  }
  if (tour || state.invited) return null;
  return {
    text: ["Would you like to see it in person? I can offer you tour times."],
    actions: [],
    state: { awaiting: "tour", invited: true },
  };
}

const PAYLOAD_RANK = { contact_form: 3, slots: 2, handoff: 1 };

function compose(input: PlanInput, saves: Action[], parts: Part[]): Plan {
  const payload = parts
    .flatMap((part) => part.payload ?? [])
    .toSorted((a, b) => PAYLOAD_RANK[b.kind] - PAYLOAD_RANK[a.kind])[0];
  return {
    reply: [...new Set(parts.flatMap((part) => part.text))].join("\n\n"),
    ...(payload ? { payload } : {}),
    actions: [...saves, ...parts.flatMap((part) => part.actions)],
    abstained: parts.some((part) => part.abstained),
    state: parts.reduce((state, part) => ({ ...state, ...part.state }), input.state),
  };
}
