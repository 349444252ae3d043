import { doc, okPage, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { presentAuditEntry } from "./present.ts";
import { listAuditLog } from "./queries.ts";
import { AuditEntry, AuditQuery } from "./schemas.ts";

export const auditLogRoutes = staffRoutes();

auditLogRoutes.get(
  "/",
  may("view_audit_log"),
  doc("List who wrote what, latest first", AuditEntry.array()),
  valid("query", AuditQuery),
  async (c) => okPage(c, await listAuditLog(c.var.ctx, c.req.valid("query")), presentAuditEntry),
);
