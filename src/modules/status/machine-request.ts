import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import type { Json, MachineActor, Moment, Refusal } from "../../durable/status-machine/protocol.ts";

/** Who acts and when, in the machine's words. `component` names a part of the system acting for the caller. */
export function momentOf(ctx: Context, component?: string | null): Moment {
  return {
    actor: actorOf(ctx, component),
    now: ctx.now().getTime(),
    clockOffsetMs: ctx.clockOffsetMs,
  };
}

function actorOf({ actor }: Context, component: string | null = null): MachineActor {
  const { id, name } = actor;
  switch (actor.kind) {
    case "staff":
      return { id, name, role: actor.role, permissions: [...actor.permissions], component };
    case "visitor":
      return { id, name, role: "visitor", permissions: [], component };
    case "system":
      return { id, name, role: "system", permissions: ["*"], component: component ?? id };
  }
}

/** A machine's refusal as the error the caller meets. */
export function refusalError({ code, message, details }: Refusal): AppError {
  return new AppError(code, message, details);
}

/** Free JSON in a form that the types of remote calls can carry; the values are the same. */
export function carried(values: Record<string, unknown> = {}): Json {
  return values as Json;
}
