import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import { openQuestion } from "../faqs/open-question.ts";
import { cancelTour } from "../tours/cancel-tour.ts";
import { bookTour } from "../tours/book-tour.ts";
import { rescheduleTour } from "../tours/reschedule-tour.ts";
import { type Scene, timesFor } from "./bot-facts.ts";
import { localDay } from "./brain/needs.ts";
import type { Action, Plan, PlanInput } from "./brain/plan.ts";
import { planReply, planTimeTaken } from "./brain/plan-reply.ts";

/** Times the bot tries for a visitor who agreed to any of those offered. */
const maxTries = 12;

export type Doing = { scene: Scene; input: PlanInput; plan: Plan; leadId: string; turn: number };

/** Does what the plan says. Answers the plan that came true: another one when the chosen time was taken meanwhile. */
export async function carryOut(ctx: Context, doing: Doing): Promise<Plan> {
  const plan = await settleTime(ctx, doing);
  for (const action of plan.actions) await perform(ctx, action, doing);
  return plan;
}

type TimeAction = Extract<Action, { type: "book_tour" | "reschedule_tour" }>;

/**
 * Books or moves first, since the reply depends on it. A visitor who named a time is offered others when it is
 * gone; one who agreed without naming any gets the next that is still free.
 */
async function settleTime(ctx: Context, doing: Doing): Promise<Plan> {
  const { scene, input } = doing;
  let { plan } = doing;
  let offered = input.state.offered;
  for (let tries = 0; tries < maxTries; tries += 1) {
    const action = timeAction(plan);
    if (!action || (await isTaken(ctx, action, doing)) === false) return plan;
    const day = localDay(action.startsAt, input.timeZone);
    const times = await timesFor(
      ctx,
      { propertyId: scene.property.id, timeZone: input.timeZone },
      { date: day, from: null },
    );
    if (namedTheTime(input)) return planTimeTaken(plan, input, times);
    const free = new Set(times.map((time) => time.startsAt));
    const stillFree = offered.filter((time) => time.startsAt !== action.startsAt && free.has(time.startsAt));
    offered = stillFree.length > 0 ? stillFree : times.filter((time) => time.startsAt !== action.startsAt);
    if (offered.length === 0) return planTimeTaken(plan, input, times);
    plan = planReply({ ...input, times, state: { ...input.state, offered } });
  }
  return plan;
}

function timeAction(plan: Plan): TimeAction | undefined {
  return plan.actions.find(
    (action): action is TimeAction => action.type === "book_tour" || action.type === "reschedule_tour",
  );
}

function namedTheTime({ understanding, state }: PlanInput): boolean {
  return (
    understanding.picked !== null || understanding.slots.tour_time !== undefined || state.chosen !== null
  );
}

async function isTaken(ctx: Context, action: TimeAction, { scene, input, leadId }: Doing): Promise<boolean> {
  const startsAt = new Date(action.startsAt);
  try {
    if (action.type === "reschedule_tour" && scene.tour)
      await rescheduleTour(ctx, { tourId: scene.tour.id, startsAt });
    else await bookTour(ctx, { ...bookingOf(scene, input), startsAt, leadId });
    return false;
  } catch (error) {
    if (error instanceof AppError && error.code === "TOUR_UNAVAILABLE") return true;
    throw error;
  }
}

function bookingOf({ conversation, property }: Scene, { known, understanding }: PlanInput) {
  const person = { ...known, ...understanding.slots };
  const name = person.name ?? [person.first_name, person.last_name].filter(Boolean).join(" ");
  return {
    propertyId: property.id,
    conversationId: conversation.id,
    userId: conversation.userId,
    tourType: "in_person" as const,
    source: "chat" as const,
    prospect: { name: name || "Prospect", email: person.email ?? null, phone: person.phone ?? null },
  };
}

async function perform(ctx: Context, action: Action, { scene, leadId, turn }: Doing): Promise<void> {
  const { conversation, property, tour } = scene;
  switch (action.type) {
    case "cancel_tour":
      if (tour) await cancelTour(ctx, { tourId: tour.id, reason: "The visitor cancelled in chat" });
      return;
    case "open_question":
      return openQuestion(ctx, {
        propertyId: property.id,
        conversationId: conversation.id,
        leadId,
        askedSeq: turn,
        question: action.question,
      });
    // The room gives the turn away with the reply; what hangs on it follows the turn.
    case "handoff":
    case "save_slots":
    case "offer_times":
    case "ask_contact":
    case "book_tour":
    case "reschedule_tour":
    case "end":
      return;
  }
}
