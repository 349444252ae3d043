import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { AppError, invalidFields } from "../../core/errors.ts";
import { commit } from "../../core/outbox.ts";
import { only } from "../../core/scope.ts";
import { randomToken } from "../../core/tokens.ts";
import { isDuplicate } from "../../db/is-duplicate.ts";
import { properties } from "../../db/schema/properties.ts";
import { originOf } from "./origins.ts";
import type { PropertyRow } from "./present.ts";
import { redrawOrigins } from "./property-origins.ts";
import { columnsOf } from "./queries.ts";
import type { PropertyDraft } from "./schemas.ts";
import { timeZoneOfState } from "./state-time-zones.ts";

/** Adds a property with a chatbot of its own. Only for those who see the whole company: nobody else would see it. */
export async function createProperty(ctx: Context, draft: PropertyDraft): Promise<PropertyRow> {
  requireWholeCompany(ctx);
  const id = ctx.newId();
  const now = ctx.now();
  const row = {
    id,
    companyId: ctx.companyId,
    ...columnsOf(draft),
    name: draft.name,
    address: draft.address,
    city: draft.city,
    state: draft.state,
    zipCode: draft.zip_code,
    timeZone: draft.time_zone ?? zoneOf(draft.state),
    allowedOrigins: draft.allowed_origins ?? originsOf(draft.website_url),
    chatbotId: ctx.newId(),
    embedKey: newEmbedKey(),
    chatbotIsActive: draft.chatbot_is_active ?? true,
    createdAt: now,
    updatedAt: now,
  };
  const [rows] = await refusingTakenId(
    commit(ctx, [
      ctx.db.insert(properties).values(row).returning(),
      ...redrawOrigins(ctx, id),
      audit(ctx, { action: "create", recordType: "property", recordId: id, after: draft }),
    ]),
  );
  return only(rows, "Property");
}

export function newEmbedKey(): string {
  return randomToken("pk_");
}

/** Throws 403 for an account that is assigned to single properties. */
export function requireWholeCompany({ actor }: Context): void {
  if (actor.kind === "system" || (actor.kind === "staff" && actor.properties === "all")) return;
  throw new AppError(
    "INSUFFICIENT_PERMISSIONS",
    "Only those who see the whole company add or archive properties",
  );
}

/** Turns the database's refusal of a ResMan id that another property has into one the caller understands. */
export async function refusingTakenId<Result>(write: Promise<Result>): Promise<Result> {
  try {
    return await write;
  } catch (error) {
    if (!isDuplicate(error, "properties.resman_property_id")) throw error;
    throw new AppError("DUPLICATE_RECORD", "Another property of the company has this resman_property_id");
  }
}

function zoneOf(state: string): string {
  const zone = timeZoneOfState(state);
  if (zone) return zone;
  throw invalidFields([
    { field: "time_zone", message: "is required, since it does not follow from the state" },
  ]);
}

function originsOf(websiteUrl: string | null | undefined): string[] {
  const origin = websiteUrl ? originOf(websiteUrl) : null;
  return origin ? [origin] : [];
}
