import type { Db } from "../db/client.ts";
import type { Config } from "./config.ts";
import type { Log } from "./log.ts";
import type { Permission, Role } from "./permissions.ts";

/** The properties a caller may touch: all of the company's, or these by id with the access each allows. */
export type PropertyAccess = "all" | ReadonlyMap<string, "read" | "write">;

/** What let a member of staff in: a session begun with a password, or a program's key. */
export type Credential = { kind: "session" | "api_key"; id: string };

export type StaffActor = {
  kind: "staff";
  /** The account, or the API key. */
  id: string;
  name: string;
  email: string;
  role: Role;
  managerId: string | null;
  permissions: ReadonlySet<Permission>;
  properties: PropertyAccess;
  credential?: Credential;
};

export type VisitorActor = {
  kind: "visitor";
  /** The row of `users`. */
  id: string;
  name: string;
  propertyId: string;
};

/** Work without a person behind it: the bot, a queue, a cron job, an object's alarm, a vendor's webhook. */
export type SystemActor = { kind: "system"; id: string; name: string };

export type Actor = StaffActor | VisitorActor | SystemActor;

/** Everything a verb may touch. Built once per request, message, tick or alarm. */
export type Context = {
  /** The tenant. Empty only for a platform admin who has not chosen one. */
  companyId: string;
  actor: Actor;
  requestId: string;
  db: Db;
  env: Env;
  config: Config;
  /** Company time: real time moved by the company's clock offset. */
  now(): Date;
  /** What to add to real time to get company time, in ms. */
  clockOffsetMs: number;
  newId(): string;
  fetch: typeof fetch;
  log: Log;
  /** Runs after the answer has left; a failure is logged, never thrown. */
  defer(work: Promise<unknown>): void;
};

/** What tests and doors may replace. */
export type Parts = {
  now?: () => number;
  fetch?: typeof fetch;
};
