import { v7 as uuidv7 } from "uuid";
import { keyPrefix } from "../../src/core/sign-in-with-key.ts";
import type { Permission } from "../../src/core/permissions.ts";
import { randomToken, sha256Hex } from "../../src/core/tokens.ts";
import { apiKeys, companyExports } from "../../src/db/schema/access.ts";
import { db, type TestCompany } from "./factories.ts";

type Over = Partial<typeof apiKeys.$inferInsert>;

/** A key of the company with the header it travels in; without permissions it opens nothing. */
export async function anApiKey(company: TestCompany, permissions: Permission[] = [], over: Over = {}) {
  const key = randomToken(keyPrefix);
  const row = {
    id: uuidv7(),
    companyId: company.id,
    name: "A program",
    hash: await sha256Hex(key),
    lastFour: key.slice(-4),
    permissions,
    propertyIds: null,
    createdBy: company.admin.id,
    createdByName: company.admin.name,
    createdAt: new Date(),
    ...over,
  };
  await db.insert(apiKeys).values(row);
  return { id: row.id, header: { "x-api-key": key } };
}

/** An export that waits to be written; no work is owed for it. */
export async function anExport(company: TestCompany) {
  const row = {
    id: uuidv7(),
    companyId: company.id,
    status: "pending" as const,
    place: { table: 0, after: 0 },
    counts: {},
    requestedBy: company.admin.id,
    requestedByName: company.admin.name,
    createdAt: new Date(),
    expiresAt: new Date(Date.now() + 86_400_000),
  };
  return (await db.insert(companyExports).values(row).returning())[0]!;
}
