import { newId, systemContext } from "../../core/start-context.ts";
import { openLog } from "../../core/log.ts";
import { takeBotTurn, type BotTurn } from "../../modules/conversations/take-bot-turn.ts";
import * as store from "./room-store.ts";

/** Failed tries after which the bot says so and a person is asked to take over. */
const maxFailures = 4;

export type AnswerDeps = {
  env: Env;
  storage: DurableObjectStorage;
  waitUntil: (work: Promise<unknown>) => void;
  /** Called once the bot begins to think of an answer. */
  thinks: () => void;
};

/** `nothing` was waiting; `answered` with what was stored; `failed` and worth another try later. */
export type Answered =
  | { outcome: "nothing" }
  | { outcome: "answered"; messages: store.StoredMessage[]; turnMoved: boolean }
  | { outcome: "failed"; failures: number };

const anybody = { speaker: "human", name: null } as const;

const apology =
  "Sorry, something went wrong on our side. Your messages are safe, and a person will answer you here.";

/**
 * Deals with everything the visitor has said since the last answer, as one turn. The thinking happens outside
 * the room's gate, so what may have changed meanwhile (the speaker, above all) is checked again when the answer
 * is stored: an answer made under an older turn is withdrawn.
 */
export async function answerOnce(deps: AnswerDeps): Promise<Answered> {
  const { storage, env } = deps;
  const room = store.loadRoom(storage);
  const waiting = room ? store.unanswered(storage, room) : [];
  if (!room || (waiting.length === 0 && !room.prompted)) return { outcome: "nothing" };
  try {
    const ctx = await systemContext(env, room.about.companyId, "bot", deps.waitUntil);
    if (!ctx) return { outcome: "nothing" };
    if (room.speaker === "bot") deps.thinks();
    const result = await takeBotTurn(ctx, {
      about: room.about,
      text: waiting.map((message) => message.text).join("\n"),
      lastSeq: waiting.at(-1)?.seq ?? room.answeredSeq,
      previousBotMessage: store.lastBotText(storage, waiting[0]?.seq ?? Number.MAX_SAFE_INTEGER),
      state: room.botState,
      speaks: room.speaker === "bot",
    });
    return store.write(storage, (now) => settle(storage, now, room.turn, waiting, result, ctx.clockOffsetMs));
  } catch (error) {
    openLog({ companyId: room.about.companyId, conversationId: room.about.conversationId }).error(
      "bot turn failed",
      error,
    );
    return store.write(storage, (now) => giveUpOrWait(storage, now, waiting));
  }
}

function settle(
  storage: DurableObjectStorage,
  room: store.Room,
  turn: number,
  waiting: store.StoredMessage[],
  result: BotTurn,
  clockOffsetMs: number,
): Answered {
  const last = waiting.at(-1);
  room.about.clockOffsetMs = clockOffsetMs;
  Object.assign(room, {
    failures: 0,
    prompted: false,
    answeredSeq: Math.max(room.answeredSeq, last?.seq ?? 0),
  });
  if (!result.reply || room.turn !== turn || room.speaker !== "bot")
    return { outcome: "answered", messages: [], turnMoved: false };
  room.botState = result.state;
  const message = store.insertMessage(storage, room, {
    id: newId(),
    role: "bot",
    text: result.reply,
    payload: result.payload,
    at: Date.now() + clockOffsetMs,
  });
  const turnMoved = result.handsOver !== null && store.giveTurn(room, anybody, result.handsOver);
  return { outcome: "answered", messages: [message], turnMoved };
}

function giveUpOrWait(
  storage: DurableObjectStorage,
  room: store.Room,
  waiting: store.StoredMessage[],
): Answered {
  room.failures += 1;
  if (room.failures < maxFailures) return { outcome: "failed", failures: room.failures };
  Object.assign(room, {
    failures: 0,
    prompted: false,
    answeredSeq: Math.max(room.answeredSeq, waiting.at(-1)?.seq ?? 0),
  });
  if (room.speaker !== "bot") return { outcome: "answered", messages: [], turnMoved: false };
  const message = store.insertMessage(storage, room, {
    id: newId(),
    role: "bot",
    text: apology,
    payload: { kind: "handoff" },
    at: Date.now() + room.about.clockOffsetMs,
  });
  const turnMoved = store.giveTurn(room, anybody, "The assistant could not answer");
  return { outcome: "answered", messages: [message], turnMoved };
}
