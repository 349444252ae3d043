import { doc, ok, okPage, okRecord, seenVersion, valid } from "../../core/http.ts";
import { guestRoutes, may } from "../../core/routers.ts";
import { cancelTour } from "./cancel-tour.ts";
import { freeTimes } from "./free-times.ts";
import { holdSlot } from "./hold-slot.ts";
import { presentAvailability, presentHold, presentTourTo } from "./present.ts";
import { getTour, listTours } from "./queries.ts";
import { rescheduleTour } from "./reschedule-tour.ts";
import * as shape from "./schemas.ts";

export const tourRoutes = guestRoutes();

tourRoutes.get(
  "/",
  may("view_tours", { visitors: true }),
  doc("List tours", shape.Tour.array()),
  valid("query", shape.TourQuery),
  async (c) => {
    const { ctx } = c.var;
    return okPage(c, await listTours(ctx, c.req.valid("query")), (tour) => presentTourTo(ctx.actor, tour));
  },
);

tourRoutes.get(
  "/availability/:propertyId",
  may("view_tours", { visitors: true }),
  doc("Free tour times of a property", shape.Availability),
  valid("param", shape.PropertyId),
  valid("query", shape.FreeTimesQuery),
  async (c) => {
    const { propertyId } = c.req.valid("param");
    return ok(
      c,
      presentAvailability(await freeTimes(c.var.ctx, shape.questionOf(c.req.valid("query"), propertyId))),
    );
  },
);

tourRoutes.post(
  "/holds",
  may("edit_tours", { visitors: true }),
  doc("Keep a free time for five minutes", shape.Hold, { status: 201 }),
  valid("json", shape.HoldDraft),
  async (c) => ok(c, presentHold(await holdSlot(c.var.ctx, shape.holdWishOf(c.req.valid("json")))), 201),
);

tourRoutes.get(
  "/:id",
  may("view_tours", { visitors: true }),
  doc("Get a tour", shape.Tour),
  valid("param", shape.TourId),
  async (c) => {
    const tour = await getTour(c.var.ctx, c.req.valid("param").id);
    return okRecord(c, presentTourTo(c.var.ctx.actor, tour), tour.version);
  },
);

tourRoutes.put(
  "/:id/reschedule",
  may("edit_tours", { visitors: true }),
  doc("Move a tour to another time", shape.Tour),
  valid("param", shape.TourId),
  valid("json", shape.RescheduleTour),
  async (c) => {
    const { tour_datetime: startsAt, property_manager_id: managerId } = c.req.valid("json");
    const move = { tourId: c.req.valid("param").id, startsAt, managerId, seenVersion: seenVersion(c) };
    const tour = await rescheduleTour(c.var.ctx, move);
    return okRecord(c, presentTourTo(c.var.ctx.actor, tour), tour.version);
  },
);

tourRoutes.put(
  "/:id/cancel",
  may("edit_tours", { visitors: true }),
  doc("Cancel a tour", shape.Tour),
  valid("param", shape.TourId),
  valid("json", shape.CancelTour),
  async (c) => {
    const { reason } = c.req.valid("json");
    const tour = await cancelTour(c.var.ctx, {
      tourId: c.req.valid("param").id,
      reason,
      seenVersion: seenVersion(c),
    });
    return okRecord(c, presentTourTo(c.var.ctx.actor, tour), tour.version);
  },
);
