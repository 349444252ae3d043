import { and, count, eq, isNull, ne, sql } from "drizzle-orm";
import type { Context } from "../../core/context.ts";
import { leads } from "../../db/schema/conversations.ts";
import { statusEntities } from "../../db/schema/status.ts";
import { tours } from "../../db/schema/tours.ts";
import type { Pms, ProspectRef } from "../../integrations/pms.ts";
import { isLiveStatus } from "../tours/tour-places.ts";
import { statusOf } from "../status/status-join.ts";
import { findLostReason, findMapping } from "./find-mapping.ts";
import { leadForPms, type Mapping, tourForPms } from "./lead-for-pms.ts";
import { isLost, type Push, type Told, type TourRow, writeTold } from "./load-push.ts";

/** The vendor lost the record we knew: the next try finds or makes it again. */
export class ProspectGone extends Error {
  constructor() {
    super("ResMan does not know the prospect any more");
  }
}

/**
 * Tells ResMan all it has not heard of a lead: the person, lost or back, the tours. Every step is written down
 * before the next, and every step of ResMan's side looks before it writes: broken off anywhere, it can be run again.
 */
export async function pushToResman(ctx: Context, pms: Pms, push: Push): Promise<void> {
  const mapping = await findMapping(ctx, pms, push.property);
  const held = await pushPerson(ctx, pms, push, mapping);
  if (!held.isReadOnly) await pushLoss(ctx, pms, push, mapping, held);
  for (const tour of push.tours) await pushTour(ctx, pms, held.ref, push, tour, mapping);
}

type Held = { ref: ProspectRef; told: Told; isReadOnly: boolean };

async function pushPerson(ctx: Context, pms: Pms, push: Push, mapping: Mapping): Promise<Held> {
  const { known, digest, told } = push;
  if (known && digest === told.digest) return { ref: known, told, isReadOnly: false };
  const lead = leadForPms(push.lead, mapping);
  const first = await pms.pushLead(lead, known);
  // Another lead of ours holds the record: the same person has come back, and stays one prospect.
  const isShared = first.outcome === "taken";
  const pushed = isShared ? await pms.pushLead(lead, first.ref) : first;
  const isReadOnly = pushed.outcome === "read_only" || pushed.outcome === "taken";
  const isBack = isShared && !isReadOnly && pushed.state === "lost";
  const held = { ref: pushed.ref, told: { digest, isLost: isBack || told.isLost }, isReadOnly };
  await keep(ctx, push, {
    resmanProspectId: pushed.ref.prospectId,
    resmanPersonId: pushed.ref.personId,
    resmanFingerprint: writeTold(held.told),
  });
  return held;
}

/** A prospect that several leads of ours share is lost with the last of them. */
async function pushLoss(
  ctx: Context,
  pms: Pms,
  push: Push,
  mapping: Mapping,
  { ref, told }: Held,
): Promise<void> {
  const lost = isLost(push);
  if (lost === told.isLost || (lost && (await isWantedElsewhere(ctx, push, ref)))) return;
  const { agentId } = mapping;
  const at = push.status.since.toISOString();
  const { outcome } = lost
    ? await pms.markLost(ref, {
        reasonId: await findLostReason(pms, push.property, push.status.reason),
        agentId,
        at,
      })
    : await pms.reopen(ref, { agentId, at });
  if (outcome === "gone") await forget(ctx, push);
  await keep(ctx, push, { resmanFingerprint: writeTold({ ...told, isLost: lost }) });
}

async function isWantedElsewhere(ctx: Context, { lead }: Push, ref: ProspectRef): Promise<boolean> {
  const [others] = await ctx.db
    .select({ live: count() })
    .from(leads)
    .leftJoin(statusEntities, statusOf("lead", leads))
    .where(
      and(
        eq(leads.companyId, ctx.companyId),
        eq(leads.resmanProspectId, ref.prospectId),
        ne(leads.id, lead.id),
        isNull(leads.deletedAt),
        sql`coalesce(${statusEntities.currentStatus}, 'new') <> 'lost'`,
      ),
    );
  return (others?.live ?? 0) > 0;
}

async function pushTour(
  ctx: Context,
  pms: Pms,
  ref: ProspectRef,
  push: Push,
  tour: TourRow,
  mapping: Mapping,
): Promise<void> {
  const told = tourForPms(tour, push.property.timeZone, mapping);
  const at = tour.updatedAt.toISOString();
  if (isLiveStatus(tour.status)) {
    const pushed = await pms.pushAppointment(ref, told);
    if (pushed.outcome === "gone") return forget(ctx, push);
    return keepTour(ctx, tour, "appointmentId" in pushed ? pushed.appointmentId : null);
  }
  const { outcome } =
    tour.status === "completed"
      ? await pms.logShow(ref, told)
      : tour.status === "cancelled"
        ? await callOff(pms, ref, tour, told, at)
        : await pms.logNote(ref, { ...noShowNote(tour, mapping), at });
  return outcome === "gone" ? forget(ctx, push) : keepTour(ctx, tour, null);
}

/** ResMan need not hear that a tour is off which it never heard of, be it because the answer to it was lost. */
async function callOff(
  pms: Pms,
  ref: ProspectRef,
  tour: TourRow,
  told: ReturnType<typeof tourForPms>,
  at: string,
) {
  const isTold =
    tour.resmanPushedVersion !== null ||
    (await pms.getProspect(ref))?.appointments.some((appointment) => appointment.tourId === tour.id);
  if (!isTold) return { outcome: "unchanged" as const };
  return pms.cancelAppointment(ref, told, { at, reason: tour.cancelReason });
}

function noShowNote(tour: TourRow, { agentId, sourceId }: Mapping) {
  return {
    noteId: `no-show-${tour.id}`,
    subject: "No show",
    text: `${tour.prospectName} did not come to the tour`,
    agentId,
    sourceId,
  };
}

/** The ids lead nowhere: without them and the fingerprint the next try starts from the person again. */
async function forget(ctx: Context, push: Push): Promise<never> {
  await keep(ctx, push, { resmanProspectId: null, resmanPersonId: null, resmanFingerprint: null });
  throw new ProspectGone();
}

async function keep(
  ctx: Context,
  { lead }: Push,
  changed: Partial<typeof leads.$inferInsert>,
): Promise<void> {
  await ctx.db
    .update(leads)
    .set(changed)
    .where(and(eq(leads.companyId, ctx.companyId), eq(leads.id, lead.id)));
}

async function keepTour(ctx: Context, tour: TourRow, appointmentId: string | null): Promise<void> {
  await ctx.db
    .update(tours)
    .set({
      resmanPushedVersion: tour.version,
      ...(appointmentId === null ? {} : { resmanEventId: appointmentId }),
    })
    .where(and(eq(tours.companyId, ctx.companyId), eq(tours.id, tour.id)));
}
