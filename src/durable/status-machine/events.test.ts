import { describe, expect, it } from "vitest";
import { aChange, aMemory, anEntity, hours, monday, moved } from "../../../test/support/machine.ts";
import { eventsOf } from "./events.ts";
import { decideChange, ring } from "./machine.ts";

describe("eventsOf", () => {
  it("tells a change with all a webhook or a notice needs", () => {
    const request = aChange("review", {
      now: monday + hours(1),
      transitionReason: "ready",
      businessContext: { team: "A" },
    });
    const { entity, transition } = moved(aMemory(anEntity(["open", 0])), request);
    const [event, ...more] = eventsOf({ entity, transition });
    expect(more).toEqual([]);
    expect(event).toMatchObject({ kind: "status_changed", dedupeKey: `status_changed:${transition.id}` });
    expect(event?.payload).toMatchObject({
      kind: "status_changed",
      occurred_at: "2026-01-12T16:00:00.000Z",
      company_id: "company-1",
      entity_type: "order",
      entity_id: 12_345,
      from_status: "open",
      to_status: "review",
      transition_reason: "ready",
      triggered_by: { user_id: "agent-1", user_name: "Ann Agent", system_component: null },
      sla_deadline: "2026-01-12T18:00:00.000Z",
      is_milestone: false,
      business_context: { team: "A" },
    });
  });

  it("names a component instead of a person where no person acted", () => {
    const actor = { id: "chatbot", name: "Bot", role: "system", permissions: ["*"], component: "chatbot" };
    const { entity, transition } = moved(aMemory(), aChange("open", { actor }));
    expect(eventsOf({ entity, transition })[0]?.payload).toMatchObject({
      triggered_by: { user_id: null, user_name: null, system_component: "chatbot" },
    });
  });

  it("gives each warning and each breach a name of its own, the same whenever it is told", () => {
    const entity = anEntity(["open", 0]);
    const keys = (at: number) => {
      const rung = ring(entity, monday + hours(at), {});
      return eventsOf({ entity: rung.entity, alerts: rung.alerts }).map((event) => event.dedupeKey);
    };
    expect(keys(5)).toEqual([`sla_warning:order:12345:clock 1:50% before ${monday + hours(10)}`]);
    expect(keys(10)).toEqual([`sla_overdue:order:12345:clock 1:overdue at ${monday + hours(10)}`]);
    expect(keys(400)).toEqual(keys(10));
  });

  it("tells of an approval even before the entity has a first status", () => {
    const entity = anEntity(["open", 0], ["review", 1]);
    const asked = decideChange(aMemory(entity), aChange("paid", { transitionReason: "please" }));
    const approval = asked.outcome === "refused" ? (asked.opened ?? null) : null;
    for (const known of [entity, null])
      expect(eventsOf({ entity: known, approval })[0]?.payload).toMatchObject({
        kind: "approval_requested",
        approval_id: approval?.id,
        to_status: "paid",
        requested_by: { id: "agent-1" },
        entity_id: 12_345,
      });
  });
});
