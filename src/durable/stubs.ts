/** The only place that turns a name into an object. Names carry the company, so no two companies share one. */

export function chatRoom(env: Env, companyId: string, conversationId: string) {
  return env.CHAT_ROOM.getByName(`${companyId}:${conversationId}`);
}

export function statusMachine(env: Env, companyId: string, entityType: string, entityId: string) {
  return env.STATUS_MACHINE.getByName(`${companyId}:${entityType}:${entityId}`);
}

export function tourBook(env: Env, companyId: string, propertyId: string) {
  return env.TOUR_BOOK.getByName(`${companyId}:${propertyId}`);
}

/** The feed of one manager's notifications or of one property's live analytics. */
export function liveFeed(env: Env, companyId: string, kind: "manager" | "property", id: string) {
  return env.LIVE_FEED.getByName(`${companyId}:${kind}:${id}`);
}

export function rateLimiter(env: Env, name: string) {
  return env.RATE_LIMITER.getByName(name);
}
