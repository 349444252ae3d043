import { and, eq, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { notFound } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { changes, only, requireWritable, staleVersion } from "../../core/scope.ts";
import { properties } from "../../db/schema/properties.ts";
import { calendarWork } from "../status/calendars.ts";
import { newEmbedKey, refusingTakenId } from "./create-property.ts";
import type { PropertyRow } from "./present.ts";
import { redrawOrigins } from "./property-origins.ts";
import { columnsOf, getProperty, visible } from "./queries.ts";
import type { PropertyChanges } from "./schemas.ts";

/** Changes the named fields, the chatbot's among them. */
export function updateProperty(
  ctx: Context,
  id: string,
  draft: PropertyChanges,
  seenVersion?: number,
): Promise<PropertyRow> {
  const required = {
    name: draft.name,
    address: draft.address,
    city: draft.city,
    state: draft.state,
    zipCode: draft.zip_code,
    timeZone: draft.time_zone,
    allowedOrigins: draft.allowed_origins,
    chatbotIsActive: draft.chatbot_is_active,
  };
  const columns = { ...changes(columnsOf(draft)), ...changes(required) } as Partial<PropertyRow>;
  return writeProperty(ctx, id, { action: "update", columns, told: draft }, seenVersion);
}

/** Gives the property a new embed key; web sites that carry the old one show no chat any more. */
export function rotateEmbedKey(ctx: Context, id: string): Promise<PropertyRow> {
  const embedKey = newEmbedKey();
  return writeProperty(ctx, id, {
    action: "rotate_embed_key",
    columns: { embedKey },
    told: { embed_key: embedKey },
  });
}

type Write = { action: string; columns: Partial<PropertyRow>; told: object };

async function writeProperty(
  ctx: Context,
  id: string,
  { action, columns, told }: Write,
  seenVersion?: number,
) {
  const before = await getProperty(ctx, id);
  requireWritable(ctx, id);
  if (seenVersion !== undefined && before.version !== seenVersion) throw staleVersion();
  const unchanged = seenVersion === undefined ? undefined : eq(properties.version, seenVersion);
  const [rows] = await refusingTakenId(
    commitChange(
      ctx,
      [
        ctx.db
          .update(properties)
          .set({ ...columns, version: sql`${properties.version} + 1`, updatedAt: ctx.now() })
          .where(and(visible(ctx), eq(properties.id, id), unchanged))
          .returning(),
        audit(ctx, {
          action,
          recordType: "property",
          recordId: id,
          companyId: before.companyId,
          before,
          after: told,
        }),
        ...(columns.allowedOrigins ? redrawOrigins(ctx, id) : []),
      ],
      // Clocks of the property are counted by its hours.
      columns.officeHours !== undefined || columns.timeZone !== undefined
        ? [{ ...calendarWork(id, `office hours ${ctx.newId()}`), companyId: before.companyId }]
        : [],
      () => (seenVersion === undefined ? notFound("Property") : staleVersion()),
    ),
  );
  return only(rows, "Property");
}
