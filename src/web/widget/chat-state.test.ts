import { describe, expect, it } from "vitest";
import type { ChatMessage, ServerFrame } from "../../durable/chat-room/protocol.ts";
import {
  emptyChat,
  hasGap,
  nextToSend,
  reduceChat,
  unreadCount,
  type ChatEvent,
  type ChatState,
} from "./chat-state.ts";

const after = (...events: ChatEvent[]): ChatState => events.reduce(reduceChat, emptyChat);
const frame = (sent: ServerFrame): ChatEvent => ({ type: "frame", frame: sent });
const composed = (clientId: string): ChatEvent => ({
  type: "composed",
  clientId,
  text: `text of ${clientId}`,
});

function stored(seq: number, more: Partial<ChatMessage> = {}): ChatEvent {
  const created_at = "2026-11-21T10:00:00Z";
  return frame({
    type: "message",
    seq,
    message: { id: `m${seq}`, role: "bot", text: `text ${seq}`, created_at, ...more },
  });
}

const seqs = (state: ChatState) => state.messages.map((message) => message.seq);

describe("order", () => {
  it("shows messages by seq, however they arrive, and each once", () => {
    expect(seqs(after(stored(3), stored(1), stored(2), stored(3), stored(1)))).toEqual([1, 2, 3]);
  });

  it("gives the same list for every order of arrival", () => {
    const frames = [1, 2, 3, 4].map((seq) => stored(seq));
    const orders = permutations(frames);
    expect(orders).toHaveLength(24);
    for (const order of orders) {
      const state = after(...order);
      expect(seqs(state)).toEqual([1, 2, 3, 4]);
      expect(state.resumeFrom).toBe(4);
    }
  });

  it("resumes before a gap until the gap is filled or accepted", () => {
    const gapped = after(stored(1), stored(4));
    expect([gapped.resumeFrom, hasGap(gapped)]).toEqual([1, true]);
    const filled = [stored(2), stored(3)].reduce(reduceChat, gapped);
    expect([filled.resumeFrom, hasGap(filled)]).toEqual([4, false]);
    const accepted = reduceChat(gapped, { type: "gapAccepted" });
    expect([accepted.resumeFrom, hasGap(accepted)]).toEqual([4, false]);
  });
});

describe("own messages", () => {
  it("are shown once, whether the ack or the message comes first, or the ack never", () => {
    const ack = frame({ type: "ack", client_id: "c1", seq: 1 });
    const echo = stored(1, { role: "visitor", client_id: "c1" });
    for (const arrival of [[ack, echo], [echo, ack], [echo]]) {
      const state = after(composed("c1"), ...arrival);
      expect(state.pending).toEqual([]);
      expect(seqs(state)).toEqual([1]);
    }
  });

  it("stay visible between the ack and their own frame, but are not sent again", () => {
    const state = after(composed("c1"), frame({ type: "ack", client_id: "c1", seq: 1 }));
    expect(state.pending.map((letter) => letter.state)).toEqual(["stored"]);
    expect(nextToSend(state)).toBeUndefined();
  });

  it("leave one at a time, oldest first", () => {
    const state = after(composed("c1"), composed("c2"));
    expect(nextToSend(state)?.clientId).toBe("c1");
  });

  it("are not composed a second time when another tab has delivered them", () => {
    expect(after(stored(1, { role: "visitor", client_id: "c1" }), composed("c1")).pending).toEqual([]);
  });

  it("say why they were refused, and can be tried again", () => {
    const error: ServerFrame = {
      type: "error",
      code: "VALIDATION_ERROR",
      message: "too long",
      client_id: "c1",
    };
    const refused = after(composed("c1"), composed("c2"), frame(error));
    expect(refused.pending[0]).toMatchObject({ state: "refused", problem: "too long" });
    expect(nextToSend(refused)?.clientId).toBe("c2");
    const again = reduceChat(refused, { type: "retried", clientId: "c1" });
    expect(again.pending.map(({ clientId, state }) => [clientId, state])).toEqual([
      ["c2", "waiting"],
      ["c1", "waiting"],
    ]);
  });

  it.each(["RATE_LIMIT_EXCEEDED", "TOKEN_EXPIRED", "INTERNAL_ERROR"])("keep waiting after %s", (code) => {
    const state = after(composed("c1"), frame({ type: "error", code, message: "no", client_id: "c1" }));
    expect(nextToSend(state)?.clientId).toBe("c1");
  });
});

describe("around the messages", () => {
  it("counts as unread what others wrote since the visitor last looked", () => {
    const state = after(stored(1), stored(2, { role: "visitor" }), stored(3, { role: "agent" }));
    expect(unreadCount(state)).toBe(2);
    expect(unreadCount(reduceChat(state, { type: "read", seq: 3 }))).toBe(0);
    expect(reduceChat(reduceChat(state, { type: "read", seq: 3 }), { type: "read", seq: 1 }).readTo).toBe(3);
  });

  it("ends the typing sign when the answer comes, fades, or the line drops", () => {
    const typing = after(frame({ type: "typing", role: "bot" }));
    expect(typing.typing).not.toBeNull();
    for (const end of [
      stored(1),
      { type: "typingFaded" },
      { type: "linked", link: "retrying" },
    ] as ChatEvent[])
      expect(reduceChat(typing, end).typing).toBeNull();
  });

  it("offers a person again once the bot has the turn back", () => {
    const human = after({ type: "personAsked" }, frame({ type: "speaker", speaker: "human", name: "Dana" }));
    expect(human).toMatchObject({ speaker: "human", agentName: "Dana", personAsked: true });
    const bot = reduceChat(human, frame({ type: "speaker", speaker: "bot" }));
    expect(bot).toMatchObject({ speaker: "bot", agentName: null, personAsked: false });
  });

  it("starts a new list when the conversation has ended, and keeps what is still to be sent", () => {
    const state = after(stored(1), composed("c1"), { type: "ended" });
    expect(state).toMatchObject({ messages: [], resumeFrom: 0, notice: { kind: "ended" } });
    expect(state.pending).toHaveLength(1);
  });

  it("passes over frames it does not know", () => {
    const state = after(stored(1));
    const unknown = JSON.parse('{"type":"fireworks"}') as ServerFrame;
    expect(reduceChat(state, frame(unknown))).toBe(state);
  });
});

function permutations<T>(items: T[]): T[][] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}
