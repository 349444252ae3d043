import { Archived, iso } from "../../core/fields.ts";
import { doc, ok, okPage, okRecord, seenVersion, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { getCampaign, listCampaigns } from "./campaign-queries.ts";
import * as shape from "./campaigns.schemas.ts";
import { RecordId } from "./letter.schemas.ts";
import { presentCampaign, presentRecipient } from "./present.ts";
import { previewCampaign } from "./preview-campaign.ts";
import { listRecipients } from "./recipient-queries.ts";
import { archiveCampaign, createCampaign, updateCampaign } from "./save-campaign.ts";
import { pauseCampaign, sendCampaign } from "./start-campaign.ts";

export const emailCampaignRoutes = staffRoutes();

emailCampaignRoutes.get(
  "/",
  may("view_email"),
  doc("List e-mail campaigns with their counts", shape.EmailCampaign.array()),
  valid("query", shape.CampaignQuery),
  async (c) => okPage(c, await listCampaigns(c.var.ctx, c.req.valid("query")), presentCampaign),
);

emailCampaignRoutes.post(
  "/",
  may("manage_campaigns"),
  doc("Create an e-mail campaign to leads of a property", shape.EmailCampaign, { status: 201 }),
  valid("json", shape.CampaignInput),
  async (c) => {
    const created = await createCampaign(c.var.ctx, c.req.valid("json"));
    return okRecord(c, presentCampaign(created), created.campaign.version, 201);
  },
);

emailCampaignRoutes.get(
  "/:id",
  may("view_email"),
  doc("Get an e-mail campaign with its counts", shape.EmailCampaign),
  valid("param", RecordId),
  async (c) => {
    const found = await getCampaign(c.var.ctx, c.req.valid("param").id);
    return okRecord(c, presentCampaign(found), found.campaign.version);
  },
);

emailCampaignRoutes.put(
  "/:id",
  may("manage_campaigns"),
  doc(
    "Change an e-mail campaign; once it was set going only its title, description and pace",
    shape.EmailCampaign,
  ),
  valid("param", RecordId),
  valid("json", shape.CampaignChanges),
  async (c) => {
    const { id } = c.req.valid("param");
    const updated = await updateCampaign(c.var.ctx, id, c.req.valid("json"), seenVersion(c));
    return okRecord(c, presentCampaign(updated), updated.campaign.version);
  },
);

emailCampaignRoutes.delete(
  "/:id",
  may("manage_campaigns"),
  doc("Archive an e-mail campaign that is not being sent", Archived),
  valid("param", RecordId),
  async (c) => {
    const { id, deletedAt } = await archiveCampaign(c.var.ctx, c.req.valid("param").id);
    return ok(c, { id, deleted_at: iso(deletedAt) });
  },
);

emailCampaignRoutes.get(
  "/:id/preview",
  may("view_email"),
  doc("Show a campaign's mail, and how many would get it", shape.CampaignPreview),
  valid("param", RecordId),
  async (c) => ok(c, await previewCampaign(c.var.ctx, c.req.valid("param").id)),
);

emailCampaignRoutes.get(
  "/:id/recipients",
  may("view_email"),
  doc("List who gets a campaign, and what became of it", shape.EmailRecipient.array()),
  valid("param", RecordId),
  valid("query", shape.RecipientQuery),
  async (c) => {
    const { id } = c.req.valid("param");
    return okPage(c, await listRecipients(c.var.ctx, id, c.req.valid("query")), presentRecipient);
  },
);

emailCampaignRoutes.post(
  "/:id/send",
  may("manage_campaigns"),
  doc("Send a campaign now or later; a paused one goes on where it stopped", shape.EmailCampaign),
  valid("param", RecordId),
  valid("json", shape.CampaignStart),
  async (c) => {
    const { scheduled_for } = c.req.valid("json");
    const found = await sendCampaign(c.var.ctx, c.req.valid("param").id, scheduled_for ?? null);
    return okRecord(c, presentCampaign(found), found.campaign.version);
  },
);

emailCampaignRoutes.post(
  "/:id/pause",
  may("manage_campaigns"),
  doc("Pause a campaign after the page it is at, or take it off the schedule", shape.EmailCampaign),
  valid("param", RecordId),
  async (c) => {
    const found = await pauseCampaign(c.var.ctx, c.req.valid("param").id);
    return okRecord(c, presentCampaign(found), found.campaign.version);
  },
);
