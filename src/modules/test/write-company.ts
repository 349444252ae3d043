import type { BatchItem } from "drizzle-orm/batch";
import { configOf } from "../../core/config.ts";
import { hashPassword } from "../../core/passwords.ts";
import { seal } from "../../core/secrets.ts";
import { databaseFor, type Db, openDb } from "../../db/client.ts";
import { accounts, companies, companySecrets } from "../../db/schema/companies.ts";
import { propertyAssignments, propertyManagers } from "../../db/schema/properties.ts";
import { type DemoCompany, type DemoManager, demoPassword } from "./demo/companies.ts";
import { demoId } from "./demo/demo-id.ts";
import { demoHours, type DemoProperty } from "./demo/properties.ts";
import { demoWebhookSecret, webhookSecretName } from "./demo/webhook-secret.ts";
import { propertyRows } from "./write-property.ts";

type Statement = BatchItem<"sqlite">;

/** A company with its people, properties, homes and knowledge. Rows that are there already stay as they are. */
export async function writeCompany(
  env: Env,
  company: DemoCompany,
  properties: DemoProperty[],
): Promise<void> {
  const db = databaseOf(env);
  const id = demoId(company.key);
  const { key: _key, accounts: people, managers, ...fields } = company;
  const inserts: { onConflictDoNothing(): Statement }[] = [
    db.insert(companies).values({ id, ...fields, isSandbox: true, ...stamps() }),
    db.insert(companySecrets).values(await secretOf(env, id)),
    ...managers.flatMap((manager) => managerRows(db, id, manager)),
    ...(await accountRows(db, id, people)),
    ...properties.flatMap((property) => propertyRows(db, id, property)),
  ];
  const [first, ...others] = inserts.map((insert) => insert.onConflictDoNothing());
  if (first) await db.batch([first, ...others]);
}

/** The platform's own administrator, who belongs to no company. Written last: it tells that the demo is whole. */
export async function writeRoot(env: Env, email: string): Promise<void> {
  const passwordHash = await hashPassword(demoPassword);
  const row = {
    id: demoId(email),
    companyId: null,
    email,
    name: "Robin Root",
    role: "platform_admin" as const,
  };
  await databaseOf(env)
    .insert(accounts)
    .values({ ...row, passwordHash, ...stamps() })
    .onConflictDoNothing();
}

async function accountRows(db: Db, companyId: string, people: DemoCompany["accounts"]) {
  const passwordHash = await hashPassword(demoPassword);
  return people.map(({ managerKey, ...person }) =>
    db.insert(accounts).values({
      id: demoId(person.email),
      companyId,
      ...person,
      passwordHash,
      managerId: managerKey === undefined ? null : demoId(managerKey),
      ...stamps(),
    }),
  );
}

function managerRows(db: Db, companyId: string, manager: DemoManager) {
  const { key, properties, isPrimary = false, ...person } = manager;
  const managerId = demoId(key);
  // Leasing agents show homes; one a property, so that a tour time has one place.
  const hours = manager.role === "Leasing agent" ? demoHours : null;
  return [
    db.insert(propertyManagers).values({ id: managerId, companyId, ...person, hours, ...stamps() }),
    ...properties.map((property, index) =>
      db.insert(propertyAssignments).values({
        id: demoId(`${key} at ${property}`),
        companyId,
        propertyId: demoId(property),
        managerId,
        accessLevel: manager.accessLevel,
        isPrimary: isPrimary && index === 0,
        createdAt: new Date(),
      }),
    ),
  ];
}

async function secretOf(env: Env, companyId: string) {
  const secret = await demoWebhookSecret(companyId);
  const sealed = await seal(configOf(env), `${companyId}:${webhookSecretName}`, secret);
  return { companyId, name: webhookSecretName, ...sealed, lastFour: secret.slice(-4), updatedAt: new Date() };
}

function databaseOf(env: Env): Db {
  return openDb(databaseFor(env, ""));
}

function stamps() {
  const now = new Date();
  return { createdAt: now, updatedAt: now };
}
