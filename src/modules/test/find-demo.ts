import { and, asc, count, eq, inArray, isNull, min, sql } from "drizzle-orm";
import { configOf } from "../../core/config.ts";
import type { Role } from "../../core/permissions.ts";
import { unseal } from "../../core/secrets.ts";
import { databaseFor, type Db, openDb } from "../../db/client.ts";
import { accounts, companies, companySecrets } from "../../db/schema/companies.ts";
import { properties, units } from "../../db/schema/properties.ts";
import { demoCompanies, demoPassword, rootEmail } from "./demo/companies.ts";
import { demoId } from "./demo/demo-id.ts";
import { demoProperties } from "./demo/properties.ts";
import { webhookSecretName } from "./demo/webhook-secret.ts";

/** A kind of home as the property's page shows it. */
export type FloorPlan = {
  propertyId: string;
  name: string;
  bedrooms: number;
  bathrooms: number;
  square_feet: number | null;
  rent_from: number;
  available_count: number;
};

export type Demo = {
  password: string;
  sandboxUrl: string | null;
  platformAdmin: { id: string; email: string };
  companies: {
    id: string;
    name: string;
    webhookSecret: string;
    accounts: { id: string; email: string; role: Role }[];
    properties: (typeof properties.$inferSelect & { floorPlans: FloorPlan[] })[];
  }[];
};

/** What is needed to try the demo; null until it has been loaded whole. */
export async function findDemo(env: Env): Promise<Demo | null> {
  const db = openDb(databaseFor(env, "").withSession("first-primary"));
  const ids = demoCompanies.map(({ key }) => demoId(key));
  const [[root], companyRows, accountRows, propertyRows, secrets, plans] = await db.batch([
    db.select({ id: accounts.id, email: accounts.email }).from(accounts).where(eq(accounts.email, rootEmail)),
    db.select().from(companies).where(inArray(companies.id, ids)),
    db
      .select()
      .from(accounts)
      .where(and(inArray(accounts.companyId, ids), isNull(accounts.deletedAt))),
    db
      .select()
      .from(properties)
      .where(and(inArray(properties.companyId, ids), isNull(properties.deletedAt))),
    db.select().from(companySecrets).where(eq(companySecrets.name, webhookSecretName)),
    floorPlansOf(db, ids),
  ]);
  if (!root) return null;
  const accountOrder = demoCompanies.flatMap((company) => company.accounts.map(({ email }) => email));
  const propertyOrder = demoProperties.map(({ key }) => demoId(key));
  const companiesInOrder = ids.flatMap((id) => companyRows.filter((row) => row.id === id));
  return {
    password: demoPassword,
    sandboxUrl: configOf(env).SANDBOX_ORIGIN ?? null,
    platformAdmin: root,
    companies: await Promise.all(
      companiesInOrder.map(async ({ id, name }) => {
        const sealed = secrets.find((row) => row.companyId === id);
        return {
          id,
          name,
          webhookSecret: sealed ? await unseal(configOf(env), `${id}:${webhookSecretName}`, sealed) : "",
          accounts: accountRows
            .filter((row) => row.companyId === id)
            .toSorted((a, b) => accountOrder.indexOf(a.email) - accountOrder.indexOf(b.email)),
          properties: propertyRows
            .filter((row) => row.companyId === id)
            .map((row) => ({ ...row, floorPlans: plans.filter((plan) => plan.propertyId === row.id) }))
            .toSorted((a, b) => propertyOrder.indexOf(a.id) - propertyOrder.indexOf(b.id)),
        };
      }),
    ),
  };
}

function floorPlansOf(db: Db, companyIds: string[]) {
  const { propertyId, bedrooms, bathrooms } = units;
  return db
    .select({
      propertyId,
      name: sql<string>`coalesce(${units.floorPlan}, ${bedrooms} || ' bedroom')`,
      bedrooms,
      bathrooms,
      square_feet: min(units.squareFeet),
      rent_from: sql<number>`min(${units.rent})`,
      available_count: count(),
    })
    .from(units)
    .where(and(inArray(units.companyId, companyIds), eq(units.status, "available"), isNull(units.deletedAt)))
    .groupBy(propertyId, units.floorPlan, bedrooms, bathrooms)
    .orderBy(propertyId, asc(bedrooms), asc(bathrooms));
}
