import type { NewMessage, Speaker } from "../../durable/chat-room/room-store.ts";
import { managerName } from "./as-of.ts";
import { demoId } from "./demo/demo-id.ts";
import type { Story } from "./demo/story.ts";

const secondMs = 1000;

/** A story's lines as messages with times, and whose turn it is after them. */
export function linesOf(story: Story, nowMs: number): { messages: NewMessage[]; speaker: Speaker } {
  const beganMs = nowMs - story.began * 3_600_000;
  const messages = story.lines.map((line, index): NewMessage => {
    const [, who = "", text = ""] = /^(\w+): ([\s\S]+)$/.exec(line) ?? [];
    const shared = { id: demoId(`${story.key} message ${index}`), text, at: beganMs + index * 45 * secondMs };
    if (who === "v") return { ...shared, role: "visitor", senderId: demoId(`user ${story.key}`) };
    if (who === "b") return { ...shared, role: "bot" };
    if (who === "h") return { ...shared, role: "bot", payload: { kind: "handoff" } };
    return { ...shared, role: "agent", senderId: demoId(who), senderName: managerName(who) };
  });
  const person = messages.findLast(({ role }) => role === "agent");
  const isWaiting = messages.at(-1)?.payload?.kind === "handoff";
  return {
    messages,
    speaker: { speaker: person || isWaiting ? "human" : "bot", name: person?.senderName ?? null },
  };
}
