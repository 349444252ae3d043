import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { at, json } from "./columns.ts";

export const auditLog = sqliteTable(
  "audit_log",
  {
    id: text("id").primaryKey(),
    companyId: text("company_id").notNull(),
    actorKind: text("actor_kind").notNull(),
    actorId: text("actor_id").notNull(),
    actorName: text("actor_name").notNull(),
    action: text("action").notNull(),
    recordType: text("record_type").notNull(),
    recordId: text("record_id").notNull(),
    before: json<unknown>("before"),
    after: json<unknown>("after"),
    requestId: text("request_id").notNull(),
    createdAt: at("created_at").notNull(),
  },
  (table) => [
    index("audit_log_by_time").on(table.companyId, table.id),
    index("audit_log_by_record").on(table.companyId, table.recordType, table.recordId, table.id),
    index("audit_log_by_actor").on(table.companyId, table.actorId, table.id),
    index("audit_log_by_action").on(table.companyId, table.action, table.id),
  ],
);

/** Answers kept for a day so that a repeated POST gets the first answer. */
export const idempotencyKeys = sqliteTable(
  "idempotency_keys",
  {
    caller: text("caller").notNull(),
    key: text("key").notNull(),
    fingerprint: text("fingerprint").notNull(),
    /** Null while the first request is still being worked. */
    status: integer("status"),
    body: text("body"),
    etag: text("etag"),
    lockedUntil: at("locked_until").notNull(),
    expiresAt: at("expires_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.caller, table.key] }),
    index("idempotency_keys_by_expiry").on(table.expiresAt),
  ],
);
