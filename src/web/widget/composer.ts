import { button, element, icon, setAttribute } from "./element.ts";
import type { Words } from "./words.ts";

/** The longest text the room takes. The room's own limit is the same; here it is told before sending. */
const maxTextLength = 4000;
const countFrom = 3600;
const mostPx = 132;

export type ComposerParts = {
  words: Words;
  draft: string;
  onSend: (text: string) => void;
  onDraft: (text: string) => void;
};

/** The line to write in: Enter sends, Shift+Enter breaks the line, too long a text is kept and not sent. */
export class Composer {
  readonly root: HTMLElement;
  readonly #parts: ComposerParts;
  readonly #field: HTMLTextAreaElement;
  readonly #count: HTMLElement;

  constructor(parts: ComposerParts) {
    const { words, draft } = parts;
    this.#parts = parts;
    this.#field = element("textarea", {
      id: "text",
      rows: "1",
      placeholder: words.write,
      "aria-label": words.write,
      "aria-describedby": "count",
      enterkeyhint: "send",
    });
    this.#field.value = draft;
    this.#count = element("p", { id: "count", class: "count", "aria-live": "polite" });
    const send = button("send", words.send, () => this.#send(), icon("send"));
    this.root = element(
      "div",
      { class: "composer" },
      this.#count,
      element("div", { class: "line" }, this.#field, send),
    );
    this.#field.addEventListener("input", () => this.#changed());
    this.#field.addEventListener("keydown", (event) => {
      // While an input method composes a character, Enter belongs to it.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#send();
    });
    this.#showCount();
  }

  /** Grows with its text; to be called again once it is on screen. */
  fit() {
    this.#field.style.height = "auto";
    this.#field.style.height = `${Math.min(this.#field.scrollHeight, mostPx)}px`;
  }

  focus() {
    this.#field.focus();
  }

  #send() {
    const text = this.#field.value.trim();
    if (text.length > maxTextLength) this.#field.focus();
    if (text === "" || text.length > maxTextLength) return;
    this.#field.value = "";
    this.#changed();
    this.#parts.onSend(text);
  }

  #changed() {
    this.fit();
    this.#showCount();
    this.#parts.onDraft(this.#field.value);
  }

  #showCount() {
    const { words } = this.#parts;
    const left = maxTextLength - this.#field.value.trim().length;
    const told = left <= maxTextLength - countFrom ? words.left(left) : "";
    setAttribute(this.#field, "aria-invalid", left < 0 ? "true" : null);
    this.#count.classList.toggle("problem", left < 0);
    this.#count.textContent = left < 0 ? words.tooLong(-left) : told;
  }
}
