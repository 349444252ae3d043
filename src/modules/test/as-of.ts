import type { Context, StaffActor } from "../../core/context.ts";
import { permissionsOf } from "../../core/permissions.ts";
import { demoCompanies } from "./demo/companies.ts";
import { demoId } from "./demo/demo-id.ts";

const hourMs = 3_600_000;
const managers = new Map(demoCompanies.flatMap((company) => company.managers).map((one) => [one.key, one]));

/** The context as it was so many hours ago, with the manager or the bot acting. */
export function asOf(ctx: Context, hours: number, by?: string): Context {
  const at = hoursAgo(ctx, hours);
  return { ...ctx, now: () => at, actor: by === undefined ? ctx.actor : managerActor(by) };
}

function managerActor(key: string): StaffActor {
  const manager = managerOf(key);
  return {
    kind: "staff",
    id: demoId(manager.email),
    name: managerName(key),
    email: manager.email,
    role: "manager",
    managerId: demoId(key),
    permissions: new Set(permissionsOf("manager")),
    properties: "all",
  };
}

export function hoursAgo(ctx: Context, hours: number): Date {
  return new Date(ctx.now().getTime() - hours * hourMs);
}

export function managerName(key: string): string {
  const { firstName, lastName } = managerOf(key);
  return `${firstName} ${lastName}`;
}

function managerOf(key: string) {
  const manager = managers.get(key);
  if (!manager) throw new Error(`the demo has no manager ${key}`);
  return manager;
}
