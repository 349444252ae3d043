import { describe, expect, it } from "vitest";
import type { Payload } from "../../durable/chat-room/protocol.ts";
import { emptyChat, reduceChat, type ChatEvent, type ChatState } from "./chat-state.ts";
import { timelineOf } from "./timeline.ts";

const after = (...events: ChatEvent[]): ChatState => events.reduce(reduceChat, emptyChat);

function stored(
  seq: number,
  role: "visitor" | "bot",
  more: { payload?: Payload; client_id?: string } = {},
): ChatEvent {
  const message = { id: `m${seq}`, role, text: `text ${seq}`, created_at: "2026-11-21T10:00:00Z", ...more };
  return { type: "frame", frame: { type: "message", seq, message } };
}

const keys = (state: ChatState, welcome = "") => timelineOf(state, welcome).map((item) => item.key);
const offers = (state: ChatState) => timelineOf(state, "").map((item) => item.offer?.kind ?? null);
const slots: Payload = { kind: "slots", slots: [{ starts_at: "2026-11-24T20:00:00Z", label: "Tue 2 PM" }] };

it("keeps the place and the key of an own message when it turns from unsent to stored", () => {
  const composed: ChatEvent = { type: "composed", clientId: "c1", text: "hello" };
  expect(keys(after(stored(1, "bot"), composed))).toEqual(["s:1", "c:c1"]);
  expect(keys(after(stored(1, "bot"), composed, stored(2, "visitor", { client_id: "c1" })))).toEqual([
    "s:1",
    "c:c1",
  ]);
});

it("welcomes once, also when the room stores a greeting of its own", () => {
  expect(keys(after(), "hi")).toEqual(["welcome"]);
  expect(keys(after(stored(1, "visitor")), "hi")).toEqual(["welcome", "s:1"]);
  expect(keys(after(stored(1, "bot")), "hi")).toEqual(["s:1"]);
  expect(keys(after(stored(1, "bot")), "text 1")).toEqual(["welcome"]);
});

it("says what became of an own message", () => {
  const composed: ChatEvent = { type: "composed", clientId: "c1", text: "hello" };
  const standing = (...events: ChatEvent[]) => timelineOf(after(...events), "").map((item) => item.standing);
  expect(standing(composed)).toEqual(["waiting"]);
  expect(standing({ type: "linked", link: "open" }, composed)).toEqual(["sending"]);
  const seen: ChatEvent = { type: "frame", frame: { type: "seen", role: "agent", seq: 2 } };
  expect(standing(stored(1, "visitor"), stored(2, "visitor"), stored(3, "visitor"), seen)).toEqual([
    null,
    "seen",
    null,
  ]);
});

describe("offers", () => {
  it("of times end when the visitor answers, or when newer times are offered", () => {
    expect(offers(after(stored(1, "bot", { payload: slots })))).toEqual(["slots"]);
    expect(offers(after(stored(1, "bot", { payload: slots }), stored(2, "visitor")))).toEqual([null, null]);
    const twice = after(stored(1, "bot", { payload: slots }), stored(2, "bot", { payload: slots }));
    expect(offers(twice)).toEqual([null, "slots"]);
    const picked: ChatEvent = { type: "composed", clientId: "c1", text: "Tue 2 PM" };
    expect(offers(after(stored(1, "bot", { payload: slots }), picked))).toEqual([null, null]);
  });

  it("of a form stay through further messages and end when it was sent", () => {
    const form = [stored(1, "bot", { payload: { kind: "contact_form" } }), stored(2, "visitor")];
    expect(offers(after(...form))).toEqual(["contact_form", null]);
    const sent = after(...form, { type: "formSent", messageId: "m1" });
    expect(offers(sent)).toEqual([null, null]);
    expect(timelineOf(sent, "")[0]?.formSent).toBe(true);
  });

  it("of a person end when one was asked for or has the turn, or the visitor goes on with the bot", () => {
    const offer = stored(1, "bot", { payload: { kind: "handoff" } });
    expect(offers(after(offer))).toEqual(["handoff"]);
    expect(offers(after(offer, stored(2, "visitor")))).toEqual([null, null]);
    expect(offers(after(offer, { type: "personAsked" }))).toEqual([null]);
    const human: ChatEvent = { type: "frame", frame: { type: "speaker", speaker: "human" } };
    expect(offers(after(offer, human))).toEqual([null]);
  });
});
