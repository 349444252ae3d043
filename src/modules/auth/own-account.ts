import type { Context, StaffActor } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";

/** The person who signed in with a password, and the session they did it in. A program's key has neither. */
export function ownAccount({ actor }: Context): { account: StaffActor; sessionId: string } {
  if (actor.kind !== "staff" || actor.credential?.kind !== "session")
    throw new AppError("FORBIDDEN", "This is for a person who signed in with a password");
  return { account: actor, sessionId: actor.credential.id };
}
