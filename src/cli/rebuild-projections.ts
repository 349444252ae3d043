// Compares what lists show of statuses with what the machines know, company by company, and mends it:
// npm run rebuild:projections [-- --check] [-- --json]
//
// Runs against ORIGIN (http://localhost:PORT, 8787) as ADMIN_EMAIL with ADMIN_PASSWORD; in development as the
// demo's platform admin. A platform admin goes through all companies, a company's administrator through one's own.
// Exits with 1 where anything had drifted.
import { parseArgs } from "node:util";

type Page = {
  checked: number;
  drift: { entity_type: string; entity_id: string; differences: string[] }[];
  rollup_drift: number | null;
  next_cursor: string | null;
};
type Company = { id: string; name: string };
type Login = { email: string; password: string };

const { values: options } = parseArgs({
  options: { check: { type: "boolean", default: false }, json: { type: "boolean", default: false } },
});
const origin = process.env["ORIGIN"] ?? `http://localhost:${process.env["PORT"] ?? "8787"}`;

async function call<Data>(path: string, init: RequestInit = {}): Promise<Data> {
  const answer = await fetch(`${origin}${path}`, { ...init, signal: AbortSignal.timeout(60_000) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 500)}`);
  return (JSON.parse(text) as { data: Data }).data;
}

const json = { "content-type": "application/json" };

async function findLogin(): Promise<Login> {
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = process.env;
  if (email && password) return { email, password };
  const demo = await call<{ password: string; platform_admin: { email: string } }>("/api/test/demo").catch(
    () => {
      throw new Error("say who you are: ADMIN_EMAIL and ADMIN_PASSWORD");
    },
  );
  return { email: demo.platform_admin.email, password: demo.password };
}

async function signIn(): Promise<Record<string, string>> {
  const body = JSON.stringify(await findLogin());
  const { access_token: token } = await call<{ access_token: string }>("/api/auth/login", {
    method: "POST",
    headers: json,
    body,
  });
  return { authorization: `Bearer ${token}` };
}

async function listCompanies(caller: Record<string, string>): Promise<Company[]> {
  const companies: Company[] = [];
  for (let page = 1; ; page += 1) {
    const found = await call<Company[]>(`/api/companies?limit=100&page=${page}`, { headers: caller });
    companies.push(...found);
    if (found.length < 100) return companies;
  }
}

async function rebuild(caller: Record<string, string>, company: Company) {
  const headers = { ...caller, ...json, "x-company-id": company.id };
  const sum = { company: company.name, checked: 0, drift: [] as Page["drift"], rollup_drift: 0 };
  for (let cursor: string | null = null, isFirst = true; isFirst || cursor; isFirst = false) {
    const body = JSON.stringify({ repair: !options.check, cursor });
    const page: Page = await call("/api/v1/status/projections/rebuild", { method: "POST", headers, body });
    sum.checked += page.checked;
    sum.drift.push(...page.drift);
    sum.rollup_drift += page.rollup_drift ?? 0;
    cursor = page.next_cursor;
  }
  return sum;
}

const caller = await signIn();
let drifted = 0;
for (const company of await listCompanies(caller)) {
  const sum = await rebuild(caller, company);
  drifted += sum.drift.length + sum.rollup_drift;
  if (options.json) console.log(JSON.stringify(sum));
  else {
    console.log(
      `${sum.company}: ${sum.checked} entities checked, ${sum.drift.length} drifted, ${sum.rollup_drift} sums off`,
    );
    for (const { entity_type, entity_id, differences } of sum.drift)
      console.log(`  ${entity_type} ${entity_id}: ${differences.join("; ")}`);
  }
}
process.exitCode = drifted > 0 ? 1 : 0;
