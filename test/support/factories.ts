import { env } from "cloudflare:workers";
import { v7 as uuidv7 } from "uuid";
import { openDb } from "../../src/db/client.ts";
import { leadWorkflows } from "../../src/db/schema/automation.ts";
import { accounts, companies, refreshTokens } from "../../src/db/schema/companies.ts";
import { conversations, leads, messages } from "../../src/db/schema/conversations.ts";
import { faqs, tasks } from "../../src/db/schema/knowledge.ts";
import { leadNotifications } from "../../src/db/schema/outgoing.ts";
import {
  properties,
  propertyAssignments,
  propertyManagers,
  propertyOrigins,
  units,
} from "../../src/db/schema/properties.ts";
import { tours } from "../../src/db/schema/tours.ts";
import { users } from "../../src/db/schema/users.ts";
import type { OfficeHours } from "../../src/modules/properties/office-hours.ts";

/** A staff login with a live session; `aCompany` makes four. */
export type Account = {
  id: string;
  sessionId: string;
  companyId: string | null;
  managerId: string | null;
  email: string;
  name: string;
  role: "platform_admin" | "company_admin" | "manager" | "agent" | "viewer";
};

/** A person on a property's web site. */
export type Visitor = {
  id: string;
  companyId: string;
  propertyId: string;
  browserId: string;
  origin?: string;
};

export const db = openDb(env.DB);

/** Open nine to six on every day of the week. */
export const everyDay: OfficeHours = Object.fromEntries(
  ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((day) => [day, [{ open: "09:00", close: "18:00" }]]),
);

export type Company = typeof companies.$inferSelect;
export type Property = typeof properties.$inferSelect;
export type Manager = typeof propertyManagers.$inferSelect;

/** A row's owner: a company, or anything that names one. */
type Owner = { company: Company; property: Property };

export type TestCompany = {
  id: string;
  company: Company;
  /** In Chicago; manager, agent and viewer are assigned to it. */
  property: Property;
  /** In New York; only the manager is assigned to it. */
  otherProperty: Property;
  admin: Account;
  manager: Account & { managerId: string };
  agent: Account & { managerId: string };
  /** May only read. */
  viewer: Account & { managerId: string };
};

/**
 * A company of its own for one test: two properties, an account of each role, sessions that `as()` can use.
 * The agent and the viewer see `property` only, so that `otherProperty` is what they must not see.
 */
export async function aCompany(over: Partial<typeof companies.$inferInsert> = {}): Promise<TestCompany> {
  const id = uuidv7();
  const [company] = await db
    .insert(companies)
    .values({
      id,
      name: `Company ${id.slice(-6)}`,
      resmanAccountId: "400",
      isSandbox: true,
      ...stamps(),
      ...over,
    })
    .returning();
  const property = await aProperty(company!, { name: "Maple Court" });
  const otherProperty = await aProperty(company!, {
    name: "Maple Heights",
    timeZone: "America/New_York",
    resmanPropertyId: uuidv7(),
  });
  const staff = { company: company!, property };
  return {
    id,
    company: company!,
    property,
    otherProperty,
    admin: await anAccount(company!, "company_admin"),
    manager: await aStaffMember(staff, "manager", [property, otherProperty]),
    agent: await aStaffMember(staff, "agent", [property]),
    viewer: await aStaffMember(staff, "viewer", [property]),
  };
}

/** An account without a person record. Its password opens nothing: sign in with `as()`. */
export async function anAccount(
  company: Company | null,
  role: Account["role"],
  person: { managerId?: string; email?: string; name?: string } = {},
): Promise<Account> {
  const id = uuidv7();
  const account: Account = {
    id,
    sessionId: uuidv7(),
    companyId: company?.id ?? null,
    managerId: person.managerId ?? null,
    email: person.email ?? `${role}-${id.slice(-12)}@example.test`,
    name: person.name ?? `The ${role}`,
    role,
  };
  const { sessionId, ...columns } = account;
  await db.batch([
    db.insert(accounts).values({ ...columns, passwordHash: "none", ...stamps() }),
    db.insert(refreshTokens).values({
      hash: `of ${sessionId}`,
      familyId: sessionId,
      accountId: id,
      createdAt: new Date(),
      expiresAt: new Date(Date.now() + 30 * 86_400_000),
    }),
  ]);
  return account;
}

export function aPlatformAdmin(): Promise<Account> {
  return anAccount(null, "platform_admin");
}

async function aStaffMember({ company }: Owner, role: Account["role"], assigned: Property[]) {
  const manager = await aManager(company, { accessLevel: role === "viewer" ? "read" : "write" });
  for (const property of assigned) await anAssignment(property, manager);
  const account = await anAccount(company, role, { managerId: manager.id, email: manager.email });
  return { ...account, managerId: manager.id };
}

export async function aProperty(
  company: Company,
  over: Partial<typeof properties.$inferInsert> = {},
): Promise<Property> {
  const id = uuidv7();
  const origin = `https://${id.slice(-12)}.example.test`;
  const row = {
    id,
    companyId: company.id,
    name: "Maple Court",
    address: "100 Main Street",
    city: "Chicago",
    state: "IL",
    zipCode: "60601",
    timeZone: "America/Chicago",
    phone: "+13125550100",
    email: "office@maple.test",
    officeHours: everyDay,
    resmanPropertyId: uuidv7(),
    allowedOrigins: [origin],
    chatbotId: uuidv7(),
    embedKey: `pk_${id.replaceAll("-", "")}`,
    ...stamps(),
    ...over,
  };
  const [inserted] = await db.batch([
    db.insert(properties).values(row).returning(),
    ...row.allowedOrigins.map((allowed) =>
      db.insert(propertyOrigins).values({ origin: allowed, propertyId: row.id, companyId: company.id }),
    ),
  ]);
  return inserted[0]!;
}

export async function aManager(
  company: Company,
  over: Partial<typeof propertyManagers.$inferInsert> = {},
): Promise<Manager> {
  const id = uuidv7();
  const row = {
    id,
    companyId: company.id,
    firstName: "Morgan",
    lastName: "Reed",
    email: `morgan-${id.slice(-12)}@example.test`,
    phone: "+13125550111",
    accessLevel: "write" as const,
    ...stamps(),
    ...over,
  };
  return first(await db.insert(propertyManagers).values(row).returning());
}

export async function anAssignment(
  property: Property,
  manager: Pick<Manager, "id" | "accessLevel">,
  over: Partial<typeof propertyAssignments.$inferInsert> = {},
) {
  const { companyId } = property;
  const ids = { id: uuidv7(), companyId, propertyId: property.id, managerId: manager.id };
  const row = { ...ids, accessLevel: manager.accessLevel, createdAt: new Date(), ...over };
  return first(await db.insert(propertyAssignments).values(row).returning());
}

/** A visitor of the property's site; `asVisitor` makes one and signs it in. */
export async function aVisitor(property: Pick<Property, "id" | "companyId">): Promise<Visitor> {
  const user = await aUser(property);
  return { id: user.id, companyId: property.companyId, propertyId: property.id, browserId: user.browserId! };
}

export async function aUser(owner: { companyId: string }, over: Partial<typeof users.$inferInsert> = {}) {
  const id = uuidv7();
  const row = {
    id,
    companyId: owner.companyId,
    browserId: `browser-${id}`,
    lastSeen: new Date(),
    ...stamps(),
    ...over,
  };
  return first(await db.insert(users).values(row).returning());
}

/** A conversation's row. What the room itself holds comes from talking to it. */
export async function aConversation(
  property: Property,
  over: Partial<typeof conversations.$inferInsert> = {},
) {
  const row = {
    id: uuidv7(),
    companyId: property.companyId,
    propertyId: property.id,
    chatbotId: property.chatbotId,
    startTime: new Date(),
    ...stamps(),
    ...over,
  };
  return first(await db.insert(conversations).values(row).returning());
}

export async function aMessage(
  conversation: typeof conversations.$inferSelect,
  over: Partial<typeof messages.$inferInsert> = {},
) {
  const row = {
    id: uuidv7(),
    companyId: conversation.companyId,
    conversationId: conversation.id,
    seq: 1,
    role: "visitor" as const,
    text: "Do you have a two bedroom?",
    createdAt: new Date(),
    ...over,
  };
  return first(await db.insert(messages).values(row).returning());
}

export async function aLead(property: Property, over: Partial<typeof leads.$inferInsert> = {}) {
  const row = {
    id: uuidv7(),
    companyId: property.companyId,
    propertyId: property.id,
    firstName: "Robin",
    lastName: "Field",
    email: "robin.field@example.test",
    phone: "+13125550123",
    source: "chatbot",
    lastActivityAt: new Date(),
    ...stamps(),
    ...over,
  };
  return first(await db.insert(leads).values(row).returning());
}

/** A tour's row, tomorrow at this time. The tour book knows nothing of it. */
export async function aTour(property: Property, over: Partial<typeof tours.$inferInsert> = {}) {
  const row = {
    id: uuidv7(),
    companyId: property.companyId,
    propertyId: property.id,
    prospectName: "Robin Field",
    prospectEmail: "robin.field@example.test",
    startsAt: new Date(Date.now() + 86_400_000),
    durationMinutes: 30,
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 0,
    staffed: true,
    tourType: "in_person" as const,
    status: "scheduled" as const,
    source: "website" as const,
    ...stamps(),
    ...over,
  };
  return first(await db.insert(tours).values(row).returning());
}

export async function aUnit(property: Property, over: Partial<typeof units.$inferInsert> = {}) {
  const id = uuidv7();
  const row = {
    id,
    companyId: property.companyId,
    propertyId: property.id,
    unitNumber: id.slice(-6),
    floorPlan: "B2",
    bedrooms: 2,
    bathrooms: 1,
    squareFeet: 900,
    rent: 1850,
    status: "available" as const,
    ...stamps(),
    ...over,
  };
  return first(await db.insert(units).values(row).returning());
}

/** An answered FAQ, as the bot may use it. */
export async function aFaq(property: Property, over: Partial<typeof faqs.$inferInsert> = {}) {
  const row = {
    id: uuidv7(),
    companyId: property.companyId,
    propertyId: property.id,
    question: "Is there parking?",
    answer: "Yes, garage parking is 150 dollars a month.",
    status: "answered" as const,
    answeredAt: new Date(),
    ...stamps(),
    ...over,
  };
  return first(await db.insert(faqs).values(row).returning());
}

export async function aTask(property: Property, over: Partial<typeof tasks.$inferInsert> = {}) {
  const row = {
    id: uuidv7(),
    companyId: property.companyId,
    propertyId: property.id,
    question: "Can I paint the walls?",
    status: "pending" as const,
    ...stamps(),
    ...over,
  };
  return first(await db.insert(tasks).values(row).returning());
}

/** A workflow of the property's leads that moves new ones on and does nothing else. */
export async function aLeadWorkflow(
  property: Property,
  over: Partial<typeof leadWorkflows.$inferInsert> = {},
) {
  const row = {
    id: uuidv7(),
    companyId: property.companyId,
    propertyId: property.id,
    name: "New to contacted",
    triggerStatus: "new",
    targetStatus: "contacted",
    conditions: {},
    actions: [],
    isActive: true,
    ...stamps(),
    ...over,
  };
  return first(await db.insert(leadWorkflows).values(row).returning());
}

/** A notice that waits for a manager. */
export async function aNotification(
  property: Property,
  over: Partial<typeof leadNotifications.$inferInsert> = {},
) {
  const id = uuidv7();
  const row = {
    id,
    companyId: property.companyId,
    propertyId: property.id,
    notificationType: "new_lead",
    status: "sent" as const,
    title: "A new lead",
    body: "Robin Field looks for a two bedroom.",
    dedupeKey: `notice:${id}`,
    sentAt: new Date(),
    ...stamps(),
    ...over,
  };
  return first(await db.insert(leadNotifications).values(row).returning());
}

function stamps() {
  const now = new Date();
  return { createdAt: now, updatedAt: now };
}

function first<Row>(rows: Row[]): Row {
  return rows[0]!;
}
