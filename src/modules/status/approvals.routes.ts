import { doc, ok, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import * as shape from "./approvals.schemas.ts";
import { decideApproval, listApprovals } from "./decide-approval.ts";
import { presentApprovals, presentDecided } from "./present-approval.ts";

export const approvalRoutes = staffRoutes();

approvalRoutes.get(
  "/",
  may("view_status"),
  doc("List approvals that were asked for", shape.ApprovalList),
  valid("query", shape.ApprovalQuery),
  async (c) => {
    const query = c.req.valid("query");
    return ok(c, presentApprovals(await listApprovals(c.var.ctx, query), query));
  },
);

approvalRoutes.post(
  "/:id/approve",
  may("approve_status"),
  doc("Approve a change, which makes it; never one's own", shape.Decided),
  valid("param", shape.ApprovalId),
  valid("json", shape.Verdict),
  async (c) => {
    const { id } = c.req.valid("param");
    return ok(c, presentDecided(await decideApproval(c.var.ctx, id, "approved", c.req.valid("json"))));
  },
);

approvalRoutes.post(
  "/:id/reject",
  may("approve_status"),
  doc("Reject a change that was asked for", shape.Decided),
  valid("param", shape.ApprovalId),
  valid("json", shape.Verdict),
  async (c) => {
    const { id } = c.req.valid("param");
    return ok(c, presentDecided(await decideApproval(c.var.ctx, id, "rejected", c.req.valid("json"))));
  },
);
