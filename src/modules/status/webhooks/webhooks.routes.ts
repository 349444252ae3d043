import { Archived, iso } from "../../../core/fields.ts";
import { doc, ok, okPage, okRecord, okSecret, seenVersion, valid } from "../../../core/http.ts";
import { may, staffRoutes } from "../../../core/routers.ts";
import { archiveWebhook } from "./archive-webhook.ts";
import { getDelivery, listDeliveries } from "./list-deliveries.ts";
import {
  presentAttempt,
  presentDelivery,
  presentDeliveryWithAttempts,
  presentRecovered,
  presentWebhook,
} from "./present.ts";
import { getWebhook, listWebhooks } from "./queries.ts";
import { recoverDeliveries } from "./recover-deliveries.ts";
import { resendDelivery, sendTest } from "./resend-delivery.ts";
import { rotateSecret } from "./rotate-secret.ts";
import { createWebhook, updateWebhook } from "./save-webhook.ts";
import * as shape from "./schemas.ts";
import * as delivery from "./delivery-schemas.ts";

export const webhookRoutes = staffRoutes();

webhookRoutes.get(
  "/",
  may("manage_webhooks"),
  doc("List the webhooks that are told of status changes", shape.Webhook.array()),
  valid("query", shape.WebhookQuery),
  async (c) => {
    const page = await listWebhooks(c.var.ctx, c.req.valid("query"));
    return okPage(c, page, (row) => presentWebhook(row));
  },
);

webhookRoutes.post(
  "/",
  may("manage_webhooks"),
  doc("Register a webhook; its secret is shown here and never again", shape.Webhook, {
    status: 201,
    description:
      "Messages are signed by the Standard Webhooks specification (`webhook-id`, `webhook-timestamp`, `webhook-signature`) and sent at least once, in order for each entity; what fails is tried ten times over three days. The URL must be https and lead to a public address.",
  }),
  valid("json", shape.WebhookDraft),
  async (c) => {
    const { created, secret } = await createWebhook(c.var.ctx, c.req.valid("json"));
    return okSecret(c, presentWebhook(created, secret), 201);
  },
);

webhookRoutes.get(
  "/:id",
  may("manage_webhooks"),
  doc("Get a webhook", shape.Webhook),
  valid("param", shape.WebhookId),
  async (c) => {
    const found = await getWebhook(c.var.ctx, c.req.valid("param").id);
    return okRecord(c, presentWebhook(found), found.webhook.version);
  },
);

webhookRoutes.put(
  "/:id",
  may("manage_webhooks"),
  doc("Change a webhook", shape.Webhook),
  valid("param", shape.WebhookId),
  valid("json", shape.WebhookChanges),
  async (c) => {
    const { id } = c.req.valid("param");
    const updated = await updateWebhook(c.var.ctx, id, c.req.valid("json"), seenVersion(c));
    return okRecord(c, presentWebhook(updated), updated.webhook.version);
  },
);

webhookRoutes.delete(
  "/:id",
  may("manage_webhooks"),
  doc("Archive a webhook; nothing more is sent", Archived),
  valid("param", shape.WebhookId),
  async (c) => {
    const { id, deletedAt } = await archiveWebhook(c.var.ctx, c.req.valid("param").id);
    return ok(c, { id, deleted_at: iso(deletedAt) });
  },
);

webhookRoutes.post(
  "/:id/rotate-secret",
  may("manage_webhooks"),
  doc("Give a webhook a new secret; the old one signs beside it for 24 hours", shape.Webhook),
  valid("param", shape.WebhookId),
  valid("json", shape.SecretRotation),
  async (c) => {
    const { id } = c.req.valid("param");
    const { rotated, secret } = await rotateSecret(c.var.ctx, id, c.req.valid("json").secret_key);
    return okSecret(c, presentWebhook(rotated, secret));
  },
);

webhookRoutes.post(
  "/:id/test",
  may("manage_webhooks"),
  doc("Send a test message now and tell what came back", delivery.Attempt),
  valid("param", shape.WebhookId),
  async (c) => ok(c, presentAttempt(await sendTest(c.var.ctx, c.req.valid("param").id))),
);

webhookRoutes.post(
  "/:id/recover",
  may("manage_webhooks"),
  doc("Send everything since a time that never got through, in the background", delivery.Recovered, {
    status: 202,
  }),
  valid("param", shape.WebhookId),
  valid("json", delivery.Recovery),
  async (c) => {
    const { id } = c.req.valid("param");
    return ok(c, presentRecovered(await recoverDeliveries(c.var.ctx, id, c.req.valid("json"))), 202);
  },
);

webhookRoutes.get(
  "/:id/deliveries",
  may("manage_webhooks"),
  doc("List a webhook's messages of the last 90 days", delivery.Delivery.array()),
  valid("param", shape.WebhookId),
  valid("query", delivery.DeliveryQuery),
  async (c) => {
    const { id } = c.req.valid("param");
    return okPage(c, await listDeliveries(c.var.ctx, id, c.req.valid("query")), presentDelivery);
  },
);

webhookRoutes.get(
  "/:id/deliveries/:deliveryId",
  may("manage_webhooks"),
  doc("Get a message with its attempts and what came back", delivery.DeliveryWithAttempts),
  valid("param", delivery.DeliveryId),
  async (c) => {
    const { id, deliveryId } = c.req.valid("param");
    return ok(c, presentDeliveryWithAttempts(await getDelivery(c.var.ctx, id, deliveryId)));
  },
);

webhookRoutes.post(
  "/:id/deliveries/:deliveryId/resend",
  may("manage_webhooks"),
  doc("Send one message now and tell what came back; a failure leaves its schedule alone", delivery.Attempt),
  valid("param", delivery.DeliveryId),
  async (c) => {
    const { id, deliveryId } = c.req.valid("param");
    return ok(c, presentAttempt(await resendDelivery(c.var.ctx, id, deliveryId)));
  },
);
