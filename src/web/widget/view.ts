import type { Session } from "./api.ts";
import { unreadCount, type ChatState } from "./chat-state.ts";
import { themeOf } from "./colour.ts";
import { Composer, type ComposerParts } from "./composer.ts";
import { contactForm } from "./contact-form.ts";
import type { ContactDetails } from "./contact-details.ts";
import { button, element, icon } from "./element.ts";
import { MessageList, type MessageListParts } from "./message-list.ts";
import { officeText } from "./office-text.ts";
import { readSide, type Settings } from "./settings.ts";
import { StatusBars } from "./status-bars.ts";
import { timelineOf } from "./timeline.ts";
import { css } from "./widget.css";
import { words } from "./words.ts";

export type ViewParts = Omit<ComposerParts, "words"> &
  Pick<MessageListParts, "onAskPerson" | "onRetry" | "onDiscard"> & {
    settings: Settings;
    onToggle: (isOpen: boolean) => void;
    onContact: (messageId: string, details: Partial<ContactDetails>) => Promise<void>;
  };

/** Launcher and panel in a shadow root of their own, untouched by the page's styles and policy. */
export class View {
  readonly host = element("div", { id: "domiq-chat" });
  readonly #root: HTMLElement;
  readonly #parts: ViewParts;
  readonly #theme = new CSSStyleSheet();
  readonly #launcher: HTMLButtonElement;
  readonly #badge = element("span", { class: "badge", hidden: true });
  readonly #title = element("h2", { id: "title", tabindex: "-1" });
  readonly #office = element("p", { class: "office" });
  readonly #avatar = element("span", { class: "avatar", "aria-hidden": "true" }, icon("home"));
  readonly #starters: HTMLElement;
  readonly #bars: StatusBars;
  readonly #list: MessageList;
  readonly #composer: Composer;
  readonly #panel: HTMLElement;
  #session: Session | null = null;
  #opener: HTMLElement | null = null;

  constructor(parts: ViewParts) {
    const pick = (text: string) => {
      parts.onSend(text);
      this.#focusInside();
    };
    const askPerson = () => {
      this.#list.focus();
      parts.onAskPerson();
    };
    this.#parts = parts;
    this.#bars = new StatusBars(words, askPerson);
    this.#list = new MessageList({
      ...parts,
      words,
      locale: parts.settings.locale,
      onPick: pick,
      onAskPerson: askPerson,
      formFor: (messageId) => this.#formFor(messageId),
    });
    this.#composer = new Composer({ ...parts, words });
    const starters = words.starters.map((text) => button("choice", text, () => pick(text)));
    this.#starters = element("div", { class: "starters" }, ...starters);
    this.#launcher = button("launcher", words.open, () => this.toggle(), icon("chat"));
    this.#launcher.append(this.#badge);
    this.#panel = this.#buildPanel();
    this.#root = element("div", { class: "root", lang: "en" }, this.#panel, this.#launcher);
    this.#mount();
  }

  get isOpen(): boolean {
    return !this.#panel.hidden;
  }

  toggle() {
    if (this.isOpen) this.close();
    else this.open();
  }

  /** `quietly` leaves the focus where it is: for a panel the visitor did not ask for. */
  open({ quietly = false } = {}) {
    if (this.isOpen) return;
    const { activeElement } = document;
    this.#opener =
      activeElement instanceof HTMLElement && activeElement !== document.body ? activeElement : null;
    this.#panel.hidden = false;
    this.#launcher.setAttribute("aria-expanded", "true");
    this.#list.scrollToEnd();
    this.#composer.fit();
    this.#parts.onToggle(true);
    if (!quietly) this.#focusInside();
  }

  close() {
    if (!this.isOpen) return;
    const hadFocus = document.activeElement === this.host;
    this.#panel.hidden = true;
    this.#launcher.setAttribute("aria-expanded", "false");
    this.#parts.onToggle(false);
    if (!hadFocus) return;
    const back = this.#opener?.isConnected && this.#opener !== this.host ? this.#opener : this.#launcher;
    back.focus();
  }

  /** Takes on a property's name, colours, side and hours. */
  configure(session: Session) {
    const { chatbot, property } = session;
    const { settings } = this.#parts;
    this.#session = session;
    this.#dress(settings.colour ?? chatbot.theme_color);
    this.#root.dataset["side"] = settings.side ?? readSide(chatbot.position) ?? "right";
    this.#title.textContent = property.name;
    this.#panel.setAttribute("aria-label", words.chatWith(property.name));
    this.#office.textContent = officeText(chatbot.business_hours, property.time_zone, settings.locale, words);
    if (chatbot.avatar_url?.startsWith("https://")) this.#showAvatar(chatbot.avatar_url);
  }

  render(state: ChatState) {
    const welcome = this.#session?.chatbot.welcome_message ?? words.greeting;
    const items = timelineOf(state, welcome);
    const isHistory = state.link !== "refused" && state.resumeFrom < state.historyTo;
    this.#list.render(items, state.typing && (state.typing.name ?? this.#typist(state)), isHistory);
    this.#bars.render(state);
    this.#starters.hidden = isHistory || items.some((item) => item.role === "visitor");
    const unread = unreadCount(state);
    this.#badge.hidden = unread === 0;
    this.#badge.textContent = unread > 9 ? "9+" : String(unread);
    this.#launcher.setAttribute("aria-label", unread > 0 ? words.unread(unread) : words.open);
  }

  #typist(state: ChatState): string {
    return state.speaker === "human" ? (state.agentName ?? words.agent) : words.assistant;
  }

  #buildPanel(): HTMLElement {
    const close = button("close", words.close, () => this.close(), icon("close"));
    const names = element("div", { class: "names" }, this.#title, this.#office);
    this.#title.textContent = words.leasing;
    return element(
      "section",
      {
        id: "panel",
        class: "panel",
        role: "dialog",
        "aria-label": words.chatWith(words.leasing),
        hidden: true,
      },
      element("header", {}, this.#avatar, names, close),
      this.#bars.root,
      this.#list.root,
      this.#starters,
      this.#composer.root,
    );
  }

  #mount() {
    const shadow = this.host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    // Unlike a <style> element, a constructed sheet needs no permission from the page's policy.
    shadow.adoptedStyleSheets = [sheet, this.#theme];
    this.#dress(this.#parts.settings.colour);
    this.#root.dataset["side"] = this.#parts.settings.side ?? "right";
    this.#launcher.setAttribute("aria-expanded", "false");
    this.#launcher.setAttribute("aria-controls", "panel");
    shadow.append(this.#root);
    this.#panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) this.close();
    });
    // Typing here must not set off the page's keyboard shortcuts, which see only the host element.
    for (const name of ["keydown", "keyup", "keypress"])
      this.host.addEventListener(name, (event) => event.stopPropagation());
  }

  #dress(colour: string | null) {
    const { accent, onAccent, accentOnLight, accentOnDark } = themeOf(colour);
    this.#theme.replaceSync(
      `.root{--accent:${accent};--on-accent:${onAccent};--accent-on-light:${accentOnLight};--accent-on-dark:${accentOnDark}}`,
    );
  }

  #showAvatar(address: string) {
    const picture = element("img", { src: address, alt: "", referrerpolicy: "no-referrer" });
    picture.addEventListener("load", () => this.#avatar.replaceChildren(picture));
  }

  /** Where a finger types, focus in the field would throw up a keyboard over the conversation. */
  #focusInside() {
    if (matchMedia("(pointer: coarse)").matches) this.#title.focus();
    else this.#composer.focus();
  }

  #formFor(messageId: string): HTMLElement {
    const user = this.#session?.user;
    const known = Object.fromEntries(
      Object.entries(user ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
    return contactForm(`form-${messageId}`, words, known, async (details) => {
      await this.#parts.onContact(messageId, details);
      this.#focusInside();
    });
  }
}
