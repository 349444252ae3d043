import type { Context } from "../core/context.ts";
import type { OutboxRow } from "../core/outbox.ts";
import { deliverMessage, DeliveryWork, giveUpDelivery } from "../modules/status/webhooks/deliver-message.ts";
import { Hopeless, NotNow, type OnParked } from "./drain.ts";

/** Sends one webhook message. It counts its attempts itself: its schedule runs over days. */
export async function sendWebhook(ctx: Context, row: OutboxRow): Promise<void> {
  const work = DeliveryWork.safeParse(row.payload);
  if (!work.success) throw new Hopeless(`delivery of unknown shape: ${work.error.message}`);
  const waitMs = await deliverMessage(ctx, row, work.data);
  if (waitMs !== null) throw new NotNow(waitMs);
}

export const onWebhookParked: OnParked = async (ctx, row) => {
  const work = DeliveryWork.safeParse(row.payload);
  return { statements: work.success ? await giveUpDelivery(ctx, work.data) : [], work: [] };
};
