import { Archived, iso } from "../../core/fields.ts";
import { doc, ok, okPage, okRecord, seenVersion, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { archiveAccount } from "./archive-account.ts";
import { inviteAccount } from "./invite-account.ts";
import { presentAccountRecord } from "./present.ts";
import { getAccount, listAccounts } from "./queries.ts";
import * as shape from "./schemas.ts";
import { updateAccount } from "./update-account.ts";

export const accountRoutes = staffRoutes();

accountRoutes.get(
  "/",
  may("manage_accounts"),
  doc("List the company's accounts", shape.StaffAccount.array()),
  valid("query", shape.AccountQuery),
  async (c) => okPage(c, await listAccounts(c.var.ctx, c.req.valid("query")), presentAccountRecord),
);

accountRoutes.post(
  "/",
  may("manage_accounts"),
  doc("Invite somebody; a link to choose a password goes out by mail", shape.StaffAccount, { status: 201 }),
  valid("json", shape.Invitation),
  async (c) => {
    const invited = await inviteAccount(c.var.ctx, c.req.valid("json"));
    return okRecord(c, presentAccountRecord(invited), invited.version, 201);
  },
);

accountRoutes.get(
  "/:id",
  may("manage_accounts"),
  doc("Get an account", shape.StaffAccount),
  valid("param", shape.AccountId),
  async (c) => {
    const found = await getAccount(c.var.ctx, c.req.valid("param").id);
    return okRecord(c, presentAccountRecord(found), found.version);
  },
);

accountRoutes.put(
  "/:id",
  may("manage_accounts"),
  doc("Change an account's name or role, disable or enable it", shape.StaffAccount),
  valid("param", shape.AccountId),
  valid("json", shape.AccountChanges),
  async (c) => {
    const { id } = c.req.valid("param");
    const updated = await updateAccount(c.var.ctx, id, c.req.valid("json"), seenVersion(c));
    return okRecord(c, presentAccountRecord(updated), updated.version);
  },
);

accountRoutes.delete(
  "/:id",
  may("manage_accounts"),
  doc("Take an account away", Archived),
  valid("param", shape.AccountId),
  async (c) => {
    const { id, deletedAt } = await archiveAccount(c.var.ctx, c.req.valid("param").id);
    return ok(c, { id, deleted_at: iso(deletedAt) });
  },
);
