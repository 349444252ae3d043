import type { Pending } from "./chat-state.ts";
import type { Outbox } from "./outbox.ts";

export type CourierParts = {
  outbox: Outbox;
  next: () => Pending | undefined;
  /** False when there is no open line; the courier is told to `flush` when there is one again. */
  post: (letter: Pending) => boolean;
  /** The line took a message and never acknowledged it. */
  onSilence: () => void;
};

const ackWithinMs = 10_000;
const mostTries = 5;

/** Carries one unsent message at a time, so that the room stores them in the order they were written. */
export class Courier {
  readonly #parts: CourierParts;
  #inFlight: string | null = null;
  #tries = 0;
  #ack: ReturnType<typeof setTimeout> | undefined;
  #hold: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: CourierParts) {
    this.#parts = parts;
  }

  get isHeld(): boolean {
    return this.#hold !== undefined;
  }

  flush() {
    if (this.#inFlight !== null || this.isHeld) return;
    const letter = this.#parts.next();
    if (!letter || !this.#parts.post(letter)) return;
    this.#inFlight = letter.clientId;
    this.#ack = setTimeout(() => this.#parts.onSilence(), ackWithinMs);
  }

  /** The room has the message, or will never take it. */
  settle(clientId: string) {
    this.#parts.outbox.remove(clientId);
    this.release(clientId);
    this.#tries = 0;
    this.flush();
  }

  /** The message came back unstored; or, without an id, the line broke under whatever was on it. */
  release(clientId = this.#inFlight) {
    if (this.#inFlight !== clientId) return;
    this.#inFlight = null;
    clearTimeout(this.#ack);
  }

  /** Whether another try of a message the server failed on is worth making. */
  mayTryAgain(): boolean {
    this.#tries += 1;
    return this.#tries < mostTries;
  }

  /** Sends nothing for a while, then goes on. */
  hold(waitMs: number, onEnd: () => void) {
    clearTimeout(this.#hold);
    this.#hold = setTimeout(() => {
      this.#hold = undefined;
      onEnd();
      this.flush();
    }, waitMs);
  }
}
