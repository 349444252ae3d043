const dayMs = 24 * 60 * 60 * 1000;

/** A receiver to which nothing got through for so long is switched off. */
const disableAfterMs = 5 * dayMs;

/** A failure so long ago is forgotten: a quiet receiver is not judged by what happened two disasters apart. */
const forgetAfterMs = 2 * disableAfterMs;

/** Since when everything has failed, and which message was the first. */
type Memory = { failingSince: Date; failingMessageId: string };

/** What is remembered of a receiver once a message has failed: a run of failures goes on, or begins. */
export function memoryAfter(
  { failingSince, failingMessageId }: { [Name in keyof Memory]: Memory[Name] | null },
  messageId: string,
  now: Date,
): Memory {
  const isOver = failingSince === null || failingSince.getTime() < now.getTime() - forgetAfterMs;
  if (isOver) return { failingSince: now, failingMessageId: messageId };
  return { failingSince, failingMessageId: failingMessageId ?? messageId };
}

/**
 * Whether a failure is the one too many: everything has failed for five days, and not just one message that nobody could
 * have delivered.
 */
export function isBeyondPatience(memory: Memory, messageId: string, now: Date): boolean {
  const { failingSince, failingMessageId } = memory;
  if (failingMessageId === messageId) return false;
  return now.getTime() - failingSince.getTime() >= disableAfterMs;
}
