import type { SlotChoice } from "../../durable/chat-room/protocol.ts";
import { button, element } from "./element.ts";
import type { Words } from "./words.ts";

const shownAtFirst = 6;

/** Bookable times as buttons, the later ones behind one more button. */
export function slotOffer(
  slots: readonly SlotChoice[],
  words: Words,
  onPick: (label: string) => void,
): HTMLElement {
  const group = element("div", { class: "offer", role: "group", "aria-label": words.pickTime });
  const choices = slots.map(({ label }) => button("choice", label, () => onPick(label)));
  group.append(...choices.slice(0, shownAtFirst));
  const later = choices.slice(shownAtFirst);
  if (later.length > 0) {
    const more = button("choice more", words.moreTimes, () => {
      more.replaceWith(...later);
      later[0]?.focus();
    });
    group.append(more);
  }
  return group;
}

export function personOffer(words: Words, onAsk: () => void): HTMLElement {
  return element("div", { class: "offer" }, button("choice", words.talkToPerson, onAsk));
}
