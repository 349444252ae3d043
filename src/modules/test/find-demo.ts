import { and, eq, inArray, isNull } from "drizzle-orm";
import { configOf } from "../../core/config.ts";
import type { Role } from "../../core/permissions.ts";
import { unseal } from "../../core/secrets.ts";
import { databaseFor, openDb } from "../../db/client.ts";
import { accounts, companies, companySecrets } from "../../db/schema/companies.ts";
import { properties } from "../../db/schema/properties.ts";
import { demoCompanies, demoPassword, rootEmail } from "./demo/companies.ts";
import { demoId } from "./demo/demo-id.ts";
import { demoProperties } from "./demo/properties.ts";
import { webhookSecretName } from "./demo/webhook-secret.ts";

export type Demo = {
  password: string;
  platformAdmin: { id: string; email: string };
  companies: {
    id: string;
    name: string;
    webhookSecret: string;
    accounts: { id: string; email: string; role: Role }[];
    properties: { id: string; name: string; timeZone: string; chatbotId: string; embedKey: string }[];
  }[];
};

/** What is needed to try the demo; null until it has been loaded whole. */
export async function findDemo(env: Env): Promise<Demo | null> {
  const db = openDb(databaseFor(env, "").withSession("first-primary"));
  const ids = demoCompanies.map(({ key }) => demoId(key));
  const [[root], companyRows, accountRows, propertyRows, secrets] = await db.batch([
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
  ]);
  if (!root) return null;
  const accountOrder = demoCompanies.flatMap((company) => company.accounts.map(({ email }) => email));
  const propertyOrder = demoProperties.map(({ key }) => demoId(key));
  const companiesInOrder = ids.flatMap((id) => companyRows.filter((row) => row.id === id));
  return {
    password: demoPassword,
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
            .toSorted((a, b) => propertyOrder.indexOf(a.id) - propertyOrder.indexOf(b.id)),
        };
      }),
    ),
  };
}
