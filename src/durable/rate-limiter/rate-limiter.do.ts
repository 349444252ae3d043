import { DurableObject } from "cloudflare:workers";
import { take, type Taken, type Window } from "./window.ts";

/** Counts one caller's calls under one policy. Authority for that count; forgets itself when the window closes. */
export class RateLimiter extends DurableObject<Env> {
  async take(limit: number, windowMs: number): Promise<Taken> {
    const now = Date.now();
    const before = this.ctx.storage.kv.get<Window>("window") ?? null;
    const [window, taken] = take(before, limit, windowMs, now);
    this.ctx.storage.kv.put("window", window);
    if (window.startedAt !== before?.startedAt) await this.ctx.storage.setAlarm(window.startedAt + windowMs);
    return taken;
  }

  override async alarm(): Promise<void> {
    await this.ctx.storage.deleteAll();
  }
}
