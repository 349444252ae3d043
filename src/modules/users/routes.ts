import { iso } from "../../core/fields.ts";
import { doc, ok, okPage, okRecord, seenVersion, valid } from "../../core/http.ts";
import { guestRoutes, may } from "../../core/routers.ts";
import { presentConversation } from "../conversations/present.ts";
import { Conversation, ConversationQuery } from "../conversations/schemas.ts";
import { presentErasure } from "../erasure/present.ts";
import { getErasure, requestErasure } from "../erasure/request-erasure.ts";
import { Erasure, RemovalQuery, Removed } from "../erasure/schemas.ts";
import { archiveUser } from "./archive-user.ts";
import { listSessions, listUserConversations } from "./history.ts";
import { presentSession, presentUser } from "./present.ts";
import { getUser, getUserByBrowser, listUsers } from "./queries.ts";
import { createUser, updateUser } from "./save-user.ts";
import * as shape from "./schemas.ts";
import { touchLastSeen } from "./touch-last-seen.ts";

export const userRoutes = guestRoutes();

userRoutes.get(
  "/",
  may("view_users"),
  doc("List visitors", shape.User.array()),
  valid("query", shape.UserQuery),
  async (c) => okPage(c, await listUsers(c.var.ctx, c.req.valid("query")), presentUser),
);

userRoutes.post(
  "/",
  may("edit_users"),
  doc("Add a visitor by hand", shape.User, { status: 201 }),
  valid("json", shape.UserDraft),
  async (c) => {
    const created = await createUser(c.var.ctx, c.req.valid("json"));
    return okRecord(c, presentUser(created), created.version, 201);
  },
);

userRoutes.get(
  "/browser/:browserId",
  may("view_users"),
  doc("Find the visitor a browser belongs to", shape.User),
  valid("param", shape.BrowserId),
  async (c) => {
    const found = await getUserByBrowser(c.var.ctx, c.req.valid("param").browserId);
    return okRecord(c, presentUser(found), found.version);
  },
);

userRoutes.put(
  "/browser/:browserId/last-seen",
  may("edit_users", { visitors: true }),
  doc("Note that the visitor is still there", shape.LastSeen),
  valid("param", shape.BrowserId),
  async (c) => {
    const { browserId } = c.req.valid("param");
    const { id, lastSeen } = await touchLastSeen(c.var.ctx, browserId);
    return ok(c, { id, browser_id: browserId, last_seen: iso(lastSeen) });
  },
);

userRoutes.get(
  "/:id",
  may("view_users", { visitors: true }),
  doc("Get a visitor", shape.User),
  valid("param", shape.UserId),
  async (c) => {
    const found = await getUser(c.var.ctx, c.req.valid("param").id);
    return okRecord(c, presentUser(found), found.version);
  },
);

userRoutes.put(
  "/:id",
  may("edit_users"),
  doc("Change a visitor", shape.User),
  valid("param", shape.UserId),
  valid("json", shape.UserChanges),
  async (c) => {
    const { id } = c.req.valid("param");
    const updated = await updateUser(c.var.ctx, id, c.req.valid("json"), seenVersion(c));
    return okRecord(c, presentUser(updated), updated.version);
  },
);

userRoutes.delete(
  "/:id",
  may("edit_users"),
  doc("Archive a visitor, or erase all that is known of the person", Removed),
  valid("param", shape.UserId),
  valid("query", RemovalQuery),
  async (c) => {
    const { id } = c.req.valid("param");
    if (c.req.valid("query").erase) {
      const erasure = await requestErasure(c.var.ctx, id);
      return ok(c, { id, deleted_at: iso(erasure.requestedAt), erasure: presentErasure(erasure) });
    }
    const { deletedAt } = await archiveUser(c.var.ctx, id);
    return ok(c, { id, deleted_at: iso(deletedAt), erasure: null });
  },
);

userRoutes.get(
  "/:id/erasure",
  may("edit_company"),
  doc("How far the erasure of a visitor has come; its receipt when it is over", Erasure),
  valid("param", shape.UserId),
  async (c) => ok(c, presentErasure(await getErasure(c.var.ctx, c.req.valid("param").id))),
);

userRoutes.get(
  "/:id/sessions",
  may("view_users"),
  doc("List when a visitor was on which site", shape.UserSession.array()),
  valid("param", shape.UserId),
  valid("query", shape.SessionQuery),
  async (c) => {
    const { id } = c.req.valid("param");
    return okPage(c, await listSessions(c.var.ctx, id, c.req.valid("query")), presentSession);
  },
);

userRoutes.get(
  "/:id/conversations",
  may("view_conversations", { visitors: true }),
  doc("List a visitor's conversations", Conversation.array()),
  valid("param", shape.UserId),
  valid("query", ConversationQuery),
  async (c) => {
    const { id } = c.req.valid("param");
    return okPage(c, await listUserConversations(c.var.ctx, id, c.req.valid("query")), presentConversation);
  },
);
