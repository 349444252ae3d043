// What one request to each endpoint asks for before it is answered: npm run bench:statements [-- --json]
//
// statements: to D1, those of a batch each; trips: how often D1 was waited for; objects: calls to Durable Objects, the
// caller's rate limit not counted; cache: calls to KV. Every GET and POST is asked once with the demo's data. Times are
// of this machine and only mean something beside each other: they are given as multiples of the median.
import { copyFile, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { developmentVars } from "../../src/cli/development-vars.ts";
import { bundle, serve } from "../../src/cli/serve.ts";
import { loadDemo } from "../../src/cli/welcome.ts";
import { openServer } from "../fuzz/server-world.ts";
import { type ApiDocument, type Operation, operationsOf } from "../fuzz/surface.ts";

type Counts = { statements: number; trips: number; objects: number; limits: number; cache: number };
type Measured = Counts & { endpoint: string; status: number; ms: number };

const readsAtMost = 3;

const stateDir = await mkdtemp(join(tmpdir(), "domiq-bench-"));
try {
  const measured = await measureAll();
  if (process.argv.includes("--json")) print(JSON.stringify(measured));
  else report(measured);
} finally {
  await rm(stateDir, { recursive: true, force: true });
}

async function measureAll(): Promise<Measured[]> {
  const folder = join(stateDir, "worker");
  const bundled = await bundle("wrangler.toml", folder);
  await rename(join(folder, "index.js"), join(folder, "app.js"));
  await copyFile("test/bench/counting-entry.js", join(folder, "index.js"));
  const vars = { ...developmentVars(), RATE_LIMIT_SCALE: "1000" };
  const served = await serve({ ...bundled, port: 0, stateDir: join(stateDir, "api"), vars });
  try {
    const origin = served.origin();
    await loadDemo(origin);
    await served.workDone(30_000);
    const document = (await (await fetch(`${origin}/api/openapi.json`)).json()) as ApiDocument;
    const world = await openServer(origin, ["company_admin"]);
    const operations = operationsOf(document).filter(({ method }) => method === "GET" || method === "POST");
    const measured: Measured[] = [];
    for (const operation of inOrder(operations)) measured.push(await measure(operation, world));
    return measured;
  } finally {
    await served.stop();
  }
}

/** First what makes things, then what looks at them, then what works on one of them. */
function inOrder(operations: Operation[]): Operation[] {
  const rank = ({ method, template }: Operation) => (method === "GET" ? 1 : template.includes("{") ? 2 : 0);
  return operations.toSorted((a, b) => rank(a) - rank(b));
}

type World = Awaited<ReturnType<typeof openServer>>;

async function measure(operation: Operation, world: World): Promise<Measured> {
  const { method, template, example, required } = operation;
  const body = method === "POST" ? JSON.stringify(world.name(example) ?? {}) : null;
  const headers: Record<string, string> = body === null ? {} : { "content-type": "application/json" };
  const path = world.fill(template) + queryOf(required, world);
  let best = Infinity;
  const answer = await timed();
  // What only reads can be asked again, for a time that nothing else got in the way of.
  for (let times = 1; method === "GET" && times < readsAtMost; times += 1) await timed();
  if (method === "POST" && answer.status < 400) world.learn(template, answer.text);
  const counts = JSON.parse(answer.headers.get("x-counts") ?? "{}") as Counts;
  return { endpoint: `${method} ${template}`, status: answer.status, ms: best, ...counts };

  async function timed() {
    const startedAt = performance.now();
    const answered = await world.send({ method, path, headers, body });
    best = Math.min(best, performance.now() - startedAt);
    return answered;
  }
}

function queryOf(required: string[], world: World): string {
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  const values: Record<string, string> = {
    q: "a",
    date: tomorrow.slice(0, 10),
    from: "2026-01-01T00:00:00Z",
    to: tomorrow,
    tour_type: "in_person",
    ...(world.name({ property_id: "", manager_id: "", lead_id: "" }) as Record<string, string>),
  };
  const query = required.map((name) => `${name}=${encodeURIComponent(values[name] ?? "1")}`);
  return query.length > 0 ? `?${query.join("&")}` : "";
}

function report(all: Measured[]): void {
  const done = all.filter(({ status }) => status < 400);
  const middle = done.map(({ ms }) => ms).toSorted((a, b) => a - b)[Math.floor(done.length / 2)] ?? 1;
  const width = Math.max(...done.map(({ endpoint }) => endpoint.length));
  print(`${"endpoint".padEnd(width)}  statements  trips  objects  cache  × median`);
  for (const one of done.toSorted(
    (a, b) => b.statements - a.statements || a.endpoint.localeCompare(b.endpoint),
  ))
    print(
      `${one.endpoint.padEnd(width)}  ${pad(one.statements, 10)}  ${pad(one.trips, 5)}  ${pad(one.objects, 7)}  ${pad(one.cache, 5)}  ${pad((one.ms / middle).toFixed(1), 8)}`,
    );
  print("\nslowest five");
  for (const one of done.toSorted((a, b) => b.ms - a.ms).slice(0, 5))
    print(
      `  ${(one.ms / middle).toFixed(1)} × ${one.endpoint}: ${one.statements} statements in ${one.trips} trips, ${one.objects} object calls`,
    );
  const refused = all.filter(({ status }) => status >= 400);
  print(`\n${done.length} endpoints measured; refused were ${refused.length}:`);
  for (const { endpoint, status } of refused) print(`  ${status} ${endpoint}`);
}

function pad(value: number | string, width: number): string {
  return String(value).padStart(width);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
