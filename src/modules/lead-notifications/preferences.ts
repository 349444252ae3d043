import { and, eq, sql } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { invalidFields } from "../../core/errors.ts";
import { commitChange } from "../../core/guarded-commit.ts";
import { only, staleVersion } from "../../core/scope.ts";
import { notificationPreferences } from "../../db/schema/notices.ts";
import { requireLook } from "../property-managers/notifications.ts";
import { requireOver } from "../property-managers/require-over.ts";
import type { ChannelMatrix } from "./choose-channels.ts";
import { channels, notificationType } from "./notification-types.ts";
import type { ManagerPreferences, PreferencesRow } from "./present.ts";
import type { PreferenceChanges } from "./schemas.ts";

const p = notificationPreferences;
const mostTypes = 100;

/** What a manager wants to hear of; the person himself and those who manage notifications may look. */
export async function getPreferences(ctx: Context, managerId: string): Promise<ManagerPreferences> {
  await requireLook(ctx, managerId);
  return { managerId, row: await findRow(ctx, managerId) };
}

/** Changes what is named. Throws VALIDATION_ERROR for switching off what is mandatory. */
export async function updatePreferences(
  ctx: Context,
  managerId: string,
  draft: PreferenceChanges,
  seenVersion?: number,
): Promise<ManagerPreferences> {
  await requireLook(ctx, managerId);
  const { manager } = await requireOver(ctx, managerId, { ownDetails: true });
  const before = await findRow(ctx, managerId);
  if (seenVersion !== undefined && seenVersion !== (before?.version ?? 0)) throw staleVersion();
  refuseMandatory(draft.channels ?? {});
  const chosen = merged(before?.channels ?? {}, draft.channels ?? {});
  if (Object.keys(chosen).length > mostTypes)
    throw invalidFields([{ field: "channels", message: `names more than ${mostTypes} types` }]);
  const row = {
    channels: chosen,
    quietHours: draft.quiet_hours === undefined ? (before?.quietHours ?? null) : draft.quiet_hours,
    timeZone: draft.time_zone === undefined ? (before?.timeZone ?? null) : draft.time_zone,
    updatedAt: ctx.now(),
  };
  const { companyId } = manager;
  const [rows] = await commitChange(ctx, [
    ctx.db
      .insert(p)
      .values({ companyId, managerId, ...row })
      .onConflictDoUpdate({
        target: [p.companyId, p.managerId],
        set: { ...row, version: sql`${p.version} + 1` },
        setWhere: eq(p.version, before?.version ?? 0),
      })
      .returning(),
    audit(ctx, {
      action: "update",
      recordType: "notification_preferences",
      recordId: managerId,
      companyId,
      before,
      after: draft,
    }),
  ]);
  return { managerId, row: only(rows, "Preferences") };
}

type Choices = NonNullable<PreferenceChanges["channels"]>;

function refuseMandatory(choices: Choices): void {
  const problems = Object.entries(choices).flatMap(([type, choice]) => {
    const { isMandatory = false, usual } = notificationType(type);
    if (!isMandatory) return [];
    return channels
      .filter((channel) => usual.includes(channel) && choice[channel] === false)
      .map((channel) => ({ field: `channels.${type}.${channel}`, message: "cannot be switched off" }));
  });
  if (problems.length > 0) throw invalidFields(problems);
}

/** Null takes a choice back. */
function merged(before: ChannelMatrix, choices: Choices): ChannelMatrix {
  const types = new Set([...Object.keys(before), ...Object.keys(choices)]);
  const rows = [...types].map((type) => {
    const said = { ...before[type], ...choices[type] };
    const kept = channels.flatMap((channel) => {
      const choice = said[channel];
      return choice === undefined || choice === null ? [] : [[channel, choice] as const];
    });
    return [type, Object.fromEntries(kept)] as const;
  });
  return Object.fromEntries(rows.filter(([, choice]) => Object.keys(choice).length > 0));
}

async function findRow(ctx: Context, managerId: string): Promise<PreferencesRow | null> {
  const [row] = await ctx.db
    .select()
    .from(p)
    .where(
      and(ctx.companyId === "" ? undefined : eq(p.companyId, ctx.companyId), eq(p.managerId, managerId)),
    );
  return row ?? null;
}
