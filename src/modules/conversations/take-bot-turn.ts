import type { Context } from "../../core/context.ts";
import type { Payload } from "../../durable/chat-room/protocol.ts";
import type { About } from "../../durable/chat-room/room-store.ts";
import { keepQuotes } from "../faqs/keep-quotes.ts";
import { quotedFaqs } from "../faqs/quoted-faqs.ts";
import { contactSlots, fetchNeeds, knownSlots, loadScene, type Scene } from "./bot-facts.ts";
import { needs } from "./brain/needs.ts";
import { type Plan, type PlanInput, type PlanState, startState } from "./brain/plan.ts";
import { planReply } from "./brain/plan-reply.ts";
import type { Slots } from "./brain/understanding.ts";
import { understand } from "./brain/understand.ts";
import { carryOut } from "./carry-out.ts";
import { keepWhatWasSaid, noticeOfWaiting } from "./keep-what-was-said.ts";

export type BotQuestion = {
  about: About;
  /** What the visitor said since the last answer; empty when a form was filled in. */
  text: string;
  lastSeq: number;
  previousBotMessage: string | null;
  state: unknown;
  /** Whether the bot has the turn. Without it the message is understood and kept, and nothing is said. */
  speaks: boolean;
};

export type BotTurn = {
  reply: string | null;
  payload?: Payload | undefined;
  state: BotState;
  /** Why the turn goes to a person with this reply; null when it does not. */
  handsOver: string | null;
};

/** What the room keeps of the dialogue between turns. Older shapes start afresh. */
export type BotState = { v: 1; plan: PlanState; said: Slots };

/**
 * One turn of the bot: understand, keep what was said, look up, plan, act. May be run again for the same message
 * after a crash, so every step finds its own earlier work.
 */
export async function takeBotTurn(ctx: Context, question: BotQuestion): Promise<BotTurn> {
  const scene = await loadScene(ctx, question.about.conversationId);
  const state = stateOf(question.state);
  const input = await readMessage(ctx, question, scene, state);
  const said = { ...state.said, ...input.understanding.slots };
  const lead = await keepWhatWasSaid(ctx, scene, input.understanding.slots, question);
  if (!question.speaks) {
    await noticeOfWaiting(ctx, scene, question);
    return { reply: null, state: { ...state, said }, handsOver: null };
  }
  if (question.text === "" && state.plan.chosen === null)
    return { ...welcome(scene), state: { ...state, said } };
  const plan = await carryOut(ctx, {
    scene,
    input,
    plan: planReply(input),
    leadId: lead.id,
    turn: question.lastSeq,
  });
  const quotes = quotedFaqs(input.answers, plan.reply);
  const { conversationId } = question.about;
  if (quotes.length > 0) await keepQuotes(ctx, { conversationId, askedSeq: question.lastSeq, quotes });
  return {
    reply: plan.reply,
    payload: plan.payload,
    state: { v: 1, plan: plan.state, said },
    handsOver: handsOver(plan),
  };
}

async function readMessage(
  ctx: Context,
  { text, previousBotMessage, speaks }: BotQuestion,
  scene: Scene,
  { plan, said }: BotState,
): Promise<PlanInput> {
  const { timeZone, id: propertyId, name: propertyName } = scene.property;
  const now = ctx.now();
  const known = { ...said, ...knownSlots(scene) };
  const read = understand(text, {
    now,
    timeZone,
    previousBotMessage,
    slots: known,
    offeredSlots: plan.offered,
    ...(plan.awaiting ? { asked: plan.awaiting } : {}),
  });
  // A filled form says what its fields say.
  const understanding = text === "" ? { ...read, slots: contactSlots(scene.visitor) } : read;
  const need = needs(text, understanding, plan, known, timeZone);
  const all = { ...known, ...understanding.slots };
  const found = speaks
    ? await fetchNeeds(ctx, { propertyId, timeZone }, need, all)
    : { answers: [], times: [], units: null };
  const tour = scene.tour && { startsAt: scene.tour.startsAt, label: scene.tour.label };
  const speaker = speaks ? ("bot" as const) : ("human" as const);
  return {
    message: text,
    understanding,
    state: plan,
    known,
    now,
    timeZone,
    propertyName,
    office: scene.office,
    tour,
    speaker,
    ...found,
  };
}

function stateOf(kept: unknown): BotState {
  const state = kept as BotState | null;
  return state?.v === 1 ? state : { v: 1, plan: startState(), said: {} };
}

/** The answer to a contact form that nothing was waiting for. */
function welcome({ visitor }: Scene): Pick<BotTurn, "reply" | "handsOver"> {
  const name = visitor.firstName ? `, ${visitor.firstName}` : "";
  return { reply: `Thank you${name}. What are you looking for?`, handsOver: null };
}

function handsOver(plan: Plan): string | null {
  const handoff = plan.actions.find((action) => action.type === "handoff");
  if (!handoff) return null;
  return handoff.reason === "accepted_offer"
    ? "The visitor took up the offer of a person"
    : "The visitor asked for a person";
}
