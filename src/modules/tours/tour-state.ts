import type { Context } from "../../core/context.ts";
import { AppError } from "../../core/errors.ts";
import type { TourRow } from "./present.ts";

type TourStatus = TourRow["status"];

const moves: Record<TourStatus, readonly TourStatus[]> = {
  scheduled: ["confirmed", "completed", "cancelled", "no_show"],
  confirmed: ["scheduled", "completed", "cancelled", "no_show"],
  completed: [],
  cancelled: [],
  no_show: [],
};

/** Refuses a change of status the tour's present one does not lead to. A move to another time is `scheduled`. */
export function requireMove(tour: TourRow, to: TourStatus): void {
  if (tour.status === to || moves[tour.status].includes(to)) return;
  throw new AppError("INVALID_STATUS_TRANSITION", `A ${tour.status} tour cannot become ${to}`, {
    current_status: tour.status,
    requested_status: to,
    allowed_transitions: moves[tour.status],
  });
}

/** Visitors change a tour only before it begins; staff may tidy up afterwards. */
export function requireAhead(ctx: Context, tour: TourRow): void {
  if (ctx.actor.kind === "visitor" && tour.startsAt <= ctx.now())
    throw new AppError("CONFLICT", "The tour has begun already");
}
