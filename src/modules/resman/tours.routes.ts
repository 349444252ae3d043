import * as z from "zod";
import { doc, ok, valid } from "../../core/http.ts";
import { localDate } from "../../core/page.ts";
import { guestRoutes, may } from "../../core/routers.ts";
import { freeTimes } from "../tours/free-times.ts";
import { presentAvailability } from "../tours/present.ts";
import { Availability, FreeTimesQuery, PropertyId, questionOf } from "../tours/schemas.ts";
import { TourType } from "../tours/tour-rules.ts";
import { Appointment, bookAppointment, BookAppointment } from "./book-appointment.ts";

export const resmanTourRoutes = guestRoutes();

const DayQuery = z.object({
  property_id: z.string().min(1),
  date: localDate,
  tour_type: TourType.optional(),
});

resmanTourRoutes.get(
  "/availability",
  may("view_tours", { visitors: true }),
  doc("Free tour times of one day", Availability),
  valid("query", DayQuery),
  async (c) => {
    const { property_id: propertyId, ...day } = c.req.valid("query");
    return ok(c, presentAvailability(await freeTimes(c.var.ctx, questionOf(day, propertyId))));
  },
);

resmanTourRoutes.get(
  "/availability/:propertyId",
  may("view_tours", { visitors: true }),
  doc("Free tour times of a range of days", Availability),
  valid("param", PropertyId),
  valid("query", FreeTimesQuery),
  async (c) => {
    const { propertyId } = c.req.valid("param");
    return ok(
      c,
      presentAvailability(await freeTimes(c.var.ctx, questionOf(c.req.valid("query"), propertyId))),
    );
  },
);

resmanTourRoutes.post(
  "/book",
  may("edit_tours", { visitors: true }),
  doc("Book a tour from a conversation", Appointment, { status: 201 }),
  valid("json", BookAppointment),
  async (c) => ok(c, await bookAppointment(c.var.ctx, c.req.valid("json")), 201),
);
