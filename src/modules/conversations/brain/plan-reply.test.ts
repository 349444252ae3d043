import { describe, expect, it } from "vitest";
import { needs } from "./needs.ts";
import { planReply, planTimeTaken } from "./plan-reply.ts";
import { startState, type Plan, type PlanInput } from "./plan.ts";
import { ftsQuery, rankFaqs } from "./rank-faqs.ts";
import { understand } from "./understand.ts";
import type { Slots, TourTime } from "./understanding.ts";

const timeZone = "America/Los_Angeles";
const now = new Date("2019-03-01T17:00:00Z");
const faqs = [
  { faq_id: "pets", question: "Do you allow pets?", answer: "Two pets per home are welcome.", bm25: -1 },
];
const free = ["2019-03-02T18:00Z", "2019-03-02T22:00Z", "2019-03-04T18:00Z", "2019-03-04T22:00Z"].map(timeAt);

function timeAt(startsAt: string): TourTime {
  const label = new Intl.DateTimeFormat("en-US", { timeZone, weekday: "short", hour: "numeric" }).format(
    new Date(startsAt),
  );
  return { startsAt, label };
}

/** A chat whose caller keeps what plans ask it to keep. */
function chat(given: Partial<Pick<PlanInput, "units" | "speaker">> = {}) {
  let state = startState();
  let known: Slots = {};
  let tour: TourTime | null = null;
  let previousBotMessage: string | null = null;
  let input: PlanInput | null = null;
  function say(message: string): Plan {
    const asked = state.awaiting === null ? {} : { asked: state.awaiting };
    const understanding = understand(message, {
      now,
      timeZone,
      previousBotMessage,
      offeredSlots: state.offered,
      ...asked,
    });
    const need = needs(message, understanding, state, known, timeZone);
    const onDay = free.filter(({ startsAt }) => startsAt.startsWith(need.times?.date ?? ""));
    input = {
      message,
      understanding,
      state,
      known,
      now,
      timeZone,
      propertyName: "Maple Court",
      office: { phone: "(312) 555-0100", email: null, address: "100 Main Street, Chicago, IL 60601" },
      answers: need.faqs.map((question) => ({
        question,
        matches: ftsQuery(question) ? rankFaqs(question, faqs) : [],
      })),
      times: need.times ? (onDay.length > 0 ? onDay : free) : [],
      units: need.units ? { count: 2, rentMin: 1650, rentMax: 1900 } : null,
      tour,
      speaker: "bot",
      ...given,
    };
    const plan = planReply(input);
    state = plan.state;
    known = { ...known, ...understanding.slots };
    previousBotMessage = plan.reply;
    for (const action of plan.actions) {
      if (action.type === "book_tour" || action.type === "reschedule_tour") tour = timeAt(action.startsAt);
      if (action.type === "cancel_tour") tour = null;
    }
    return plan;
  }
  return { say, input: () => input as PlanInput };
}

const types = (plan: Plan) => plan.actions.map(({ type }) => type).filter((type) => type !== "save_slots");

describe("booking", () => {
  it("gives the first offered time to a visitor who agrees without naming one", () => {
    const { say } = chat();
    expect(say("I'd like to see the place").payload?.kind).toBe("slots");
    expect(types(say("yes"))).toEqual(["ask_contact"]);
    const booked = say("Jane Doe, jane@doe.org");
    expect(booked.actions).toContainEqual({ type: "book_tour", startsAt: free[0]?.startsAt });
    expect(booked.reply).toContain("You are booked");
  });

  it("books a day and hour named outright", () => {
    const { say } = chat();
    say("my name is Jane Doe, jane@doe.org");
    expect(say("can I come monday at 2pm?").actions).toContainEqual({
      type: "book_tour",
      startsAt: free[3]?.startsAt,
    });
  });

  it("shows the times of the day that was named", () => {
    const plan = chat().say("can I visit on monday?");
    expect(plan.actions).toContainEqual({
      type: "offer_times",
      date: "2019-03-04",
      times: [free[2], free[3]],
    });
  });

  it("says why it shows other times", () => {
    expect(chat().say("can I visit on the 10th?").reply).toContain("no free tour time on Sunday, March 10");
    expect(chat().say("can I visit saturday at 5pm?").reply).toContain(
      "5:00 PM on Saturday, March 2 is not free",
    );
  });

  it("keeps the chosen time while name and address are missing, through questions", () => {
    const { say } = chat();
    expect(say("saturday at 10 am for a tour please").payload).toEqual({ kind: "contact_form" });
    expect(say("is there a pool?").abstained).toBe(true);
    expect(say("bob@ray.org").payload).toEqual({ kind: "contact_form" });
    expect(say("Bob Ray").actions).toContainEqual({ type: "book_tour", startsAt: free[0]?.startsAt });
  });

  it("lets the visitor change the choice before it is booked", () => {
    const { say } = chat();
    say("saturday at 10 am for a tour please");
    say("actually monday at 2 pm");
    expect(say("Ann Lee, 415-555-2671").actions).toContainEqual({
      type: "book_tour",
      startsAt: free[3]?.startsAt,
    });
  });

  it("moves a booked tour, and cancels it", () => {
    const { say } = chat();
    say("I am Jane Doe, jane@doe.org");
    say("tour saturday at 10 am");
    expect(say("can we move it to monday at 2?").actions).toContainEqual({
      type: "reschedule_tour",
      startsAt: free[3]?.startsAt,
    });
    expect(types(say("cancel my tour"))).toEqual(["cancel_tour"]);
    expect(types(say("cancel my tour"))).toEqual([]);
  });

  it("does not press after a no", () => {
    const { say } = chat();
    say("do you allow pets?");
    expect(types(say("no thanks"))).toEqual([]);
    expect(say("do you allow cats?").reply).toBe("Two pets per home are welcome.");
  });

  it("offers what is left when the time has just been taken", () => {
    const { say, input } = chat();
    say("I am Jane Doe, jane@doe.org");
    const taken = planTimeTaken(say("tour saturday at 10 am"), input(), free);
    expect(taken.reply).toContain("just been taken");
    expect(types(taken)).toEqual(["offer_times"]);
    expect(taken.state.offered).not.toContainEqual(free[0]);
  });
});

describe("answers", () => {
  it("quote an approved FAQ word for word", () => {
    expect(chat().say("can I bring my dog?").reply.startsWith("Two pets per home are welcome.")).toBe(true);
  });

  it("are withheld where nothing approved fits, and the question goes to a person", () => {
    const { say } = chat();
    const plan = say("Do you accept Section 8 vouchers?");
    expect(plan).toMatchObject({ abstained: true, payload: { kind: "handoff" } });
    expect(plan.reply).toContain("no approved answer");
    expect(plan.actions).toContainEqual({
      type: "open_question",
      question: "Do you accept Section 8 vouchers?",
    });
    expect(types(say("I would rather talk to someone"))).toEqual(["handoff"]);
  });

  it("that are withheld leave open what the bot had asked before", () => {
    const { say } = chat();
    say("what times are there for a tour");
    say("Do you accept Section 8 vouchers?");
    const plan = say("yes, that sounds good. I am Jane Doe, jane@doe.org");
    expect(types(plan)).toEqual(["book_tour"]);
  });

  it("come with the booking when a message does both", () => {
    const { say } = chat();
    say("I am Jane Doe, jane@doe.org");
    say("what times are there for a tour");
    const plan = say("the first one works. do you allow cats?");
    expect(plan.reply).toContain("Two pets per home are welcome.");
    expect(types(plan)).toEqual(["book_tour"]);
  });

  it("take rents from the record", () => {
    expect(chat().say("how much is a 1 bedroom?").reply).toContain("$1,650 to $1,900 a month");
  });

  it("take phone number and address from the record", () => {
    expect(chat().say("What's the phone number?").reply).toContain("(312) 555-0100");
    expect(chat().say("tell me number phone property?").reply).toContain("(312) 555-0100");
    expect(chat().say("what is the exact address?").reply).toContain("100 Main Street");
  });

  it("leave assistance animals to people", () => {
    const plan = chat().say("I have an emotional support dog");
    expect(plan).toMatchObject({ abstained: true });
    expect(plan.actions.some(({ type }) => type === "save_slots")).toBe(false);
  });
});

describe("a person", () => {
  it("is called when asked for, and the visitor is told", () => {
    const plan = chat().say("can I talk to someone?");
    expect(plan.actions).toEqual([{ type: "handoff", reason: "asked_for_person" }]);
    expect(plan.reply).toContain("A person will answer you here");
  });

  it("who holds the turn is not interrupted", () => {
    const plan = chat({ speaker: "human" }).say("2 bedrooms please, can I visit monday?");
    expect(plan.reply).toBe("");
    expect(types(plan)).toEqual([]);
  });
});

describe("the search for a home", () => {
  it("asks for one thing after the other, then proposes a tour", () => {
    const { say } = chat();
    expect(say("I need a place").reply).toContain("How many bedrooms");
    expect(say("2").reply).toContain("When would you like to move in");
    expect(say("april 1").reply).toContain("budget");
    expect(say("1800").reply).toContain("2 available homes fit");
    expect(types(say("sure"))).toEqual(["offer_times"]);
  });

  it("offers a person when nothing fits", () => {
    const plan = chat({ units: { count: 0, rentMin: null, rentMax: null } }).say(
      "I need 4 bedrooms under $900",
    );
    expect(plan.reply).toContain("no available home fits");
    expect(plan.payload).toEqual({ kind: "handoff" });
  });
});

it("ends when the visitor is done", () => {
  const { say } = chat();
  expect(types(say("thanks, bye"))).toEqual(["end"]);
});

it("gives the same turn the same reply, and a state that survives storage", () => {
  const { say, input } = chat();
  say("can I visit on monday?");
  const again = JSON.parse(JSON.stringify(input())) as PlanInput;
  expect(planReply({ ...again, now })).toEqual(planReply(input()));
});

describe("a message that is not understood", () => {
  it("leaves offered tour times on the table", () => {
    const { say } = chat();
    say("what times are there for a tour");
    const plan = say("blorp");
    expect(plan.payload).toMatchObject({ kind: "slots" });
    expect(types(say("have good sounds."))).toEqual(["ask_contact"]);
  });
});

describe("questions the visitor passes over", () => {
  it("are not asked again; a tour is proposed instead", () => {
    const { say } = chat();
    expect(say("I need 3 bedrooms").reply).toContain("When would you like to move in?");
    const on = [say("Can you continue searching?"), say("Find me another apartment")];
    expect(on.map(({ reply }) => reply.match(/When would you like to move in/g)?.length ?? 0)).toEqual([
      0, 0,
    ]);
    const { say: other } = chat();
    other("I need 3 bedrooms");
    expect(other("That sounds nice.").reply).toContain("see it in person");
  });
});
