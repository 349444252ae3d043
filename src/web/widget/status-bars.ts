import type { ChatState } from "./chat-state.ts";
import { button, element } from "./element.ts";
import type { Words } from "./words.ts";

/** The two lines under the header: who is answering (and how to get a person), and what is wrong, if anything. */
export class StatusBars {
  readonly root: HTMLElement;
  readonly #words: Words;
  readonly #speaker = element("span", {});
  readonly #ask: HTMLButtonElement;
  readonly #trouble = element("div", { class: "trouble", role: "status" });

  constructor(words: Words, onAskPerson: () => void) {
    this.#words = words;
    this.#ask = button("link", words.talkToPerson, onAskPerson);
    this.root = element(
      "div",
      {},
      element("div", { class: "speaker" }, this.#speaker, this.#ask),
      this.#trouble,
    );
  }

  render(state: ChatState) {
    this.#speaker.textContent = speakerText(state, this.#words);
    this.#ask.hidden = state.speaker === "human" || state.personAsked;
    const trouble = troubleText(state, this.#words);
    if (this.#trouble.textContent !== trouble) this.#trouble.textContent = trouble;
  }
}

function speakerText({ speaker, agentName, personAsked }: ChatState, words: Words): string {
  if (speaker === "human") return words.withPerson(agentName);
  return personAsked ? words.personAsked : words.disclosure;
}

/** What the visitor should know of, the weightiest first. */
export function troubleText({ link, notice }: ChatState, words: Words): string {
  if (link === "offline") return words.offline;
  if (notice?.kind === "limited") return words.limited(notice.seconds);
  if (link === "refused") return words.refused;
  if (link === "retrying") return words.reconnecting;
  if (notice?.kind === "ended") return words.ended;
  return notice ? words.failed : "";
}
