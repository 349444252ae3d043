import { button, element, icon } from "./element.ts";
import { linkify } from "./linkify.ts";
import { personOffer, slotOffer } from "./offers.ts";
import type { Item } from "./timeline.ts";
import type { Words } from "./words.ts";

export type MessageListParts = {
  words: Words;
  locale: string;
  onPick: (label: string) => void;
  onAskPerson: () => void;
  onRetry: (clientId: string) => void;
  onDiscard: (clientId: string) => void;
  /** The form to draw under the message that offers it. */
  formFor: (messageId: string) => HTMLElement;
};

type Drawn = { row: HTMLElement; extra: HTMLElement; shown: string; offered: string; run: string };

const nearEndPx = 80;

/** The scrolling log. Entries are drawn once and kept by key, so that nothing is announced or lost twice. */
export class MessageList {
  readonly root: HTMLElement;
  readonly #parts: MessageListParts;
  readonly #log: HTMLElement;
  readonly #typing: HTMLElement;
  readonly #toEnd: HTMLButtonElement;
  readonly #drawn = new Map<string, Drawn>();
  readonly #time: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;

  constructor(parts: MessageListParts) {
    const { words, locale } = parts;
    this.#parts = parts;
    this.#time = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
    this.#day = new Intl.DateTimeFormat(locale, { weekday: "long", month: "long", day: "numeric" });
    this.#log = element("div", { class: "log", role: "log", tabindex: "0", "aria-label": words.log });
    this.#typing = element("div", { class: "typing", role: "status" });
    this.#toEnd = button("to-end", words.newMessages, () => this.scrollToEnd());
    this.#toEnd.prepend(icon("down"));
    this.#toEnd.hidden = true;
    this.#log.addEventListener("scroll", () => {
      if (this.#isAtEnd()) this.#toEnd.hidden = true;
    });
    this.root = element("div", { class: "scroll" }, this.#log, this.#toEnd);
    this.#log.append(this.#typing);
  }

  /** `isHistory` while old messages still stream in: they are not news to be read out. */
  render(items: readonly Item[], typingName: string | null, isHistory: boolean) {
    const wasAtEnd = this.#isAtEnd();
    const lastKey = items.at(-1)?.key;
    const isNews = lastKey !== undefined && !this.#drawn.has(lastKey);
    this.#log.setAttribute("aria-busy", String(isHistory));
    this.#removeGone(items);
    let before: Item | null = null;
    for (const item of items) {
      this.#place(item, before);
      before = item;
    }
    this.#showTyping(typingName);
    if (wasAtEnd || (isNews && items.at(-1)?.role === "visitor")) this.scrollToEnd();
    else if (isNews) this.#toEnd.hidden = false;
  }

  scrollToEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#toEnd.hidden = true;
  }

  focus() {
    this.#log.focus();
  }

  #isAtEnd(): boolean {
    const { scrollTop, scrollHeight, clientHeight } = this.#log;
    return scrollHeight - clientHeight - scrollTop < nearEndPx;
  }

  #removeGone(items: readonly Item[]) {
    const keys = new Set(items.map((item) => item.key));
    for (const [key, { row }] of this.#drawn) {
      if (keys.has(key)) continue;
      row.remove();
      this.#drawn.delete(key);
    }
  }

  #place(item: Item, before: Item | null) {
    const drawn = this.#drawn.get(item.key) ?? this.#draw(item);
    const previous = before ? this.#drawn.get(before.key)?.row : null;
    const next = previous ? previous.nextElementSibling : this.#log.firstElementChild;
    if (next !== drawn.row) this.#log.insertBefore(drawn.row, next);
    this.#update(drawn, item, before);
  }

  #draw(item: Item): Drawn {
    const { words } = this.#parts;
    const text = element("p", { class: "text" });
    for (const { text: shown, href } of linkify(item.text))
      text.append(
        href ? element("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, shown) : shown,
      );
    const speaker = item.role === "visitor" ? words.you : item.role === "bot" ? words.assistant : "";
    const name = item.role === "agent" ? (item.author ?? words.agent) : null;
    const extra = element("div", { class: "extra" });
    const row = element(
      "div",
      { class: `row ${item.role}` },
      name
        ? element("span", { class: "name" }, name)
        : speaker && element("span", { class: "aside" }, `${speaker}: `),
      text,
      extra,
    );
    const drawn: Drawn = { row, extra, shown: "", offered: "", run: "" };
    this.#drawn.set(item.key, drawn);
    return drawn;
  }

  #update(drawn: Drawn, item: Item, before: Item | null) {
    const day = item.at === null ? "" : this.#dayOf(item.at);
    const isNewDay = day !== "" && day !== (before?.at ? this.#dayOf(before.at) : "");
    const run = isNewDay ? `day ${day}` : before?.role === item.role ? "same" : "other";
    if (run !== drawn.run) {
      drawn.run = run;
      drawn.row.classList.toggle("continued", run === "same");
      drawn.row.querySelector(".day")?.remove();
      if (isNewDay) drawn.row.prepend(element("span", { class: "day" }, day));
    }
    const offered = item.offer ? `${item.offer.kind} ${item.key}` : item.formSent ? "sent" : "";
    const shown = `${item.standing} ${item.at} ${item.problem}`;
    if (offered === drawn.offered && shown === drawn.shown) return;
    if (shown !== drawn.shown) {
      drawn.row.querySelector(".standing")?.remove();
      drawn.extra.before(this.#standing(item));
    }
    if (offered !== drawn.offered) drawn.extra.replaceChildren(...this.#offer(item));
    Object.assign(drawn, { offered, shown });
  }

  #offer({ offer, messageId, formSent }: Item): HTMLElement[] {
    const { words, onPick, onAskPerson, formFor } = this.#parts;
    if (formSent) return [element("p", { class: "done", role: "status" }, words.formSent)];
    if (offer?.kind === "slots") return [slotOffer(offer.slots, words, onPick)];
    if (offer?.kind === "handoff") return [personOffer(words, onAskPerson)];
    return offer?.kind === "contact_form" && messageId ? [formFor(messageId)] : [];
  }

  #standing({ standing, at, problem, clientId }: Item): HTMLElement {
    const { words, onRetry, onDiscard } = this.#parts;
    const time = at && element("time", { datetime: at }, this.#time.format(new Date(at)));
    if (standing === "refused" && clientId !== null)
      return element(
        "div",
        { class: "standing refused" },
        element("span", {}, `${words.notSent}${problem ? `: ${problem}` : ""}`),
        button("link", words.retry, () => onRetry(clientId)),
        button("link", words.discard, () => onDiscard(clientId)),
      );
    const word =
      standing && { sending: words.sending, waiting: words.waiting, seen: words.seen, refused: "" }[standing];
    return element("div", { class: "standing" }, time, time && word && " · ", word);
  }

  #dayOf(at: string): string {
    const day = this.#day.format(new Date(at));
    return day === this.#day.format(new Date()) ? this.#parts.words.today : day;
  }

  #showTyping(name: string | null) {
    const label = name === null ? "" : this.#parts.words.typing(name);
    if (this.#typing.dataset["label"] === label) return;
    this.#typing.dataset["label"] = label;
    const dots = [0, 1, 2].map(() => element("i", { "aria-hidden": "true" }));
    this.#typing.replaceChildren(...(label ? [element("span", { class: "aside" }, label), ...dots] : []));
  }
}
