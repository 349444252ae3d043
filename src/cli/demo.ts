import { parseArgs } from "node:util";
import { type Api, apiAt } from "./demo/api.ts";
import { agrees, compare } from "./demo/compare.ts";
import { clockOf, orderHolds, playOrder } from "./demo/order.ts";
import { readDialogues } from "./demo/dialogues.ts";
import { type Played, playVisitor, type Property } from "./demo/visitor.ts";
import { serverFor } from "./demo/server.ts";

const standsAt = "2019-03-01T09:00:00-06:00";
const atOnce = 5;

type Demo = {
  password: string;
  companies: {
    id: string;
    name: string;
    accounts: { email: string; role: string }[];
    properties: Property[];
  }[];
};

const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, dialogues: { type: "string", default: "40" } },
});

/** Plays real dialogues as visitors of the demo company and compares what both sides hold at the end. */
async function main(): Promise<number> {
  const startedAt = Date.now();
  const server = await serverFor({ quiet: values.json });
  try {
    const demo = await apiAt(server.origin).get<Demo>("/api/test/demo");
    const company = required(demo.companies[0], "a demo company");
    const property = required(company.properties[0], "a demo property");
    const dialogues = readDialogues("test/data/sgd-homes-visits.jsonl", Number(values.dialogues));
    const staff = await signIn(server.origin, company, demo.password, "company_admin");
    const approver = await signIn(server.origin, company, demo.password, "manager");
    await apiAt(server.origin).post("/api/test/clock", { company_id: company.id, now: standsAt });
    const { played, failures } = await playAll(server.origin, property, dialogues);
    const report = await compare(server.sandboxOrigin, staff, property, played);
    const order = await playOrder(staff, approver, new Date(standsAt), clockOf(server.origin, company.id));
    progress(`an order went its whole way: ${order.transitions} statuses in ${order.days_passed} days`);
    await apiAt(server.origin).post("/api/test/clock", { company_id: company.id, now: null });
    const agreed = failures === 0 && agrees(report) && orderHolds(order);
    const seconds = Math.round((Date.now() - startedAt) / 100) / 10;
    print({
      dialogues: dialogues.length,
      turns: dialogues.flatMap((one) => one.turns).length,
      ...report,
      order,
      seconds,
    });
    if (!agreed) console.error("The demo failed: the counts of both sides do not agree.");
    return agreed ? 0 : 1;
  } finally {
    await server.stop();
  }
}

async function signIn(
  origin: string,
  company: Demo["companies"][number],
  password: string,
  role: string,
): Promise<Api> {
  const account = required(
    company.accounts.find((one) => one.role === role),
    `an account of a ${role}`,
  );
  const { access_token } = await apiAt(origin).post<{ access_token: string }>("/api/auth/login", {
    email: account.email,
    password,
  });
  return apiAt(origin, access_token);
}

async function playAll(origin: string, property: Property, dialogues: ReturnType<typeof readDialogues>) {
  const played: Played[] = [];
  let failures = 0;
  const queue = [...dialogues.entries()];
  const play = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [index, dialogue] = next;
      try {
        played.push(await playVisitor(origin, property, dialogue, index));
        progress(`${index + 1}/${dialogues.length} dialogue ${dialogue.id}: ${dialogue.turns.length} turns`);
      } catch (error) {
        failures += 1;
        console.error(`${index + 1}/${dialogues.length} dialogue ${dialogue.id} failed: ${String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, play));
  return { played, failures };
}

function progress(line: string): void {
  if (!values.json) console.log(line);
}

function print(report: Record<string, unknown>): void {
  if (values.json) return console.log(JSON.stringify(report));
  for (const [name, value] of Object.entries(report))
    console.log(`${name.padEnd(30)} ${JSON.stringify(value)}`);
}

function required<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new Error(`${what} is missing; is the demo loaded?`);
  return value;
}

process.exit(await main());
