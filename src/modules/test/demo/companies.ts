import type { Role } from "../../../core/permissions.ts";

export const demoPassword = "demo-password-1!";
export const rootEmail = "root@domiq.test";

export type DemoAccount = { email: string; name: string; role: Role; managerKey?: string };

export type DemoManager = {
  key: string;
  firstName: string;
  lastName: string;
  email: string;
  phone: string;
  role: string;
  accessLevel: "read" | "write";
  /** Keys of the properties; the first is where the person is the primary contact, if anywhere. */
  properties: string[];
  isPrimary?: boolean;
};

export type DemoCompany = {
  key: string;
  name: string;
  resmanAccountId: string;
  contactEmail: string;
  contactPhone: string;
  accounts: DemoAccount[];
  managers: DemoManager[];
};

export const maple: DemoCompany = {
  key: "maple",
  name: "Maple Residential",
  resmanAccountId: "400",
  contactEmail: "office@maple.test",
  contactPhone: "+16305550100",
  accounts: [
    { email: "admin@maple.test", name: "Amira Haddad", role: "company_admin" },
    { email: "manager@maple.test", name: "Grace Lindqvist", role: "manager", managerKey: "grace" },
    { email: "agent@maple.test", name: "Ola Reyes", role: "agent", managerKey: "ola" },
    { email: "viewer@maple.test", name: "Vera Stone", role: "viewer", managerKey: "vera" },
  ],
  managers: [
    {
      key: "grace",
      firstName: "Grace",
      lastName: "Lindqvist",
      email: "manager@maple.test",
      phone: "+16305550111",
      role: "Property manager",
      accessLevel: "write",
      properties: ["maple-court", "maple-heights"],
      isPrimary: true,
    },
    {
      key: "ola",
      firstName: "Ola",
      lastName: "Reyes",
      email: "agent@maple.test",
      phone: "+16305550112",
      role: "Leasing agent",
      accessLevel: "write",
      properties: ["maple-court"],
    },
    {
      key: "dev",
      firstName: "Dev",
      lastName: "Anand",
      email: "dev.anand@maple.test",
      phone: "+19145550121",
      role: "Leasing agent",
      accessLevel: "write",
      properties: ["maple-heights"],
    },
    {
      key: "vera",
      firstName: "Vera",
      lastName: "Stone",
      email: "viewer@maple.test",
      phone: "+16305550114",
      role: "Asset manager",
      accessLevel: "read",
      properties: ["maple-court", "maple-heights"],
    },
  ],
};

export const cedar: DemoCompany = {
  key: "cedar",
  name: "Cedar Living",
  resmanAccountId: "500",
  contactEmail: "office@cedar.test",
  contactPhone: "+16265550130",
  accounts: [{ email: "admin@cedar.test", name: "Casey Morales", role: "company_admin" }],
  managers: [
    {
      key: "ruth",
      firstName: "Ruth",
      lastName: "Ferrera",
      email: "ruth.ferrera@cedar.test",
      phone: "+16265550131",
      role: "Leasing agent",
      accessLevel: "write",
      properties: ["cedar-grove"],
      isPrimary: true,
    },
  ],
};

export const demoCompanies = [maple, cedar];
