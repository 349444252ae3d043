import { createApp } from "./app.ts";
import { tick } from "./cron/index.ts";
import { consume } from "./queues/index.ts";

export { ChatRoom } from "./durable/chat-room/chat-room.do.ts";
export { LiveFeed } from "./durable/live-feed/live-feed.do.ts";
export { RateLimiter } from "./durable/rate-limiter/rate-limiter.do.ts";
export { ResmanGate } from "./durable/resman-gate/resman-gate.do.ts";
export { StatusMachine } from "./durable/status-machine/status-machine.do.ts";
export { TourBook } from "./durable/tour-book/tour-book.do.ts";

const app = createApp();

export default {
  fetch: app.fetch,
  queue: (batch, env, execution) => consume(batch, env, execution),
  scheduled: (controller, env, execution) => tick(controller, env, execution),
} satisfies ExportedHandler<Env>;
