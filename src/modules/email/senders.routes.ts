import { Archived, iso } from "../../core/fields.ts";
import { doc, ok, okPage, okRecord, seenVersion, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { presentSender } from "./present.ts";
import * as shape from "./senders.schemas.ts";
import { getSender, listSenders, removeSender, setSender } from "./senders.ts";

export const emailSenderRoutes = staffRoutes();

emailSenderRoutes.get(
  "/",
  may("view_email"),
  doc("List the properties whose mails have a sender of their own", shape.EmailSender.array()),
  valid("query", shape.SenderQuery),
  async (c) => okPage(c, await listSenders(c.var.ctx, c.req.valid("query")), presentSender),
);

emailSenderRoutes.get(
  "/:propertyId",
  may("view_email"),
  doc("In whose name a property's mails leave; 404 where they leave in ours", shape.EmailSender),
  valid("param", shape.SenderProperty),
  async (c) => {
    const sender = await getSender(c.var.ctx, c.req.valid("param").propertyId);
    return okRecord(c, presentSender(sender), sender.version);
  },
);

emailSenderRoutes.put(
  "/:propertyId",
  may("edit_properties"),
  doc("Choose in whose name a property's mails leave", shape.EmailSender),
  valid("param", shape.SenderProperty),
  valid("json", shape.SenderSetting),
  async (c) => {
    const { propertyId } = c.req.valid("param");
    const sender = await setSender(c.var.ctx, propertyId, c.req.valid("json"), seenVersion(c));
    return okRecord(c, presentSender(sender), sender.version);
  },
);

emailSenderRoutes.delete(
  "/:propertyId",
  may("edit_properties"),
  doc("Have a property's mails leave in our name again", Archived),
  valid("param", shape.SenderProperty),
  async (c) => {
    const { id, deletedAt } = await removeSender(c.var.ctx, c.req.valid("param").propertyId);
    return ok(c, { id, deleted_at: iso(deletedAt) });
  },
);
