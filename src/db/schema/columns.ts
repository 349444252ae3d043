import { integer, text } from "drizzle-orm/sqlite-core";

export const at = (name: string) => integer(name, { mode: "timestamp_ms" });
export const flag = (name: string) => integer(name, { mode: "boolean" });
export const json = <Shape>(name: string) => text(name, { mode: "json" }).$type<Shape>();

/** Life of a record that can be changed and archived; `version` is its ETag. */
export const stamps = () => ({
  version: integer("version").notNull().default(1),
  createdAt: at("created_at").notNull(),
  updatedAt: at("updated_at").notNull(),
  deletedAt: at("deleted_at"),
});
