const dayMs = 24 * 60 * 60 * 1000;

/** A receiver to which nothing got through for so long is switched off. */
export const disableAfterMs = 5 * dayMs;

/** A failure so long ago is forgotten: a quiet receiver is not judged by what happened two disasters apart. */
export const forgetAfterMs = 2 * disableAfterMs;

type Memory = { failingSince: Date | null; failingMessageId: string | null };

/**
 * Whether a failure is the one too many: everything has failed for five days, and not just one message that nobody could
 * have delivered.
 */
export function isBeyondPatience(memory: Memory, messageId: string, now: Date): boolean {
  const { failingSince, failingMessageId } = memory;
  if (failingSince === null || failingMessageId === messageId) return false;
  return now.getTime() - failingSince.getTime() >= disableAfterMs;
}
