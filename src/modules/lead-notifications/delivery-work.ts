import type { Work } from "../../core/outbox.ts";

/** Has a notification leave by mail or text message; `round` grows when it leaves again. */
export function deliveryWork({ id, round }: { id: string; round: number }): Work {
  return {
    topic: "notifications",
    key: `delivery:${id}`,
    payload: { kind: "notification_delivery", delivery_id: id },
    dedupeKey: `delivery:${id}:${round}`,
  };
}
