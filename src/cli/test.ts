import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool, type Ran } from "./run-tool.ts";

type Step = { name: string; run: () => Promise<Ran> };

const tool = (name: string, command: string, ...args: string[]): Step => ({
  name,
  run: () => runTool(command, args),
});

const checks: Step[] = [
  tool("build", "node", "src/cli/build.ts"),
  tool("format", "oxfmt", "--check"),
  tool("lint", "oxlint", "--type-aware", "--deny-warnings"),
  tool("env types", "wrangler", "types", "--check", "--include-runtime=false", "src/env.d.ts"),
  tool("types", "tsc", "-p", "."),
  tool("types of tools", "tsc", "-p", "src/cli"),
  tool("types of pages", "tsc", "-p", "src/web"),
  tool("dead code", "knip"),
  { name: "migrations", run: checkMigrations },
  { name: "bundle", run: checkBundle },
];

/** Run side by side, since each leaves the processors idle for a good part of its time. */
const parts = [
  ["--project=unit", "--project=worker", "--shard=1/2"],
  ["--project=unit", "--project=worker", "--shard=2/2"],
  ["--project=e2e"],
];

const [flag, ...vitestArgs] =
  process.argv[2] === "--check" ? process.argv.slice(2) : ["", ...process.argv.slice(2)];
process.exit(await main());

/** Everything that must hold before a change is taken in; stops at the first thing that does not. */
async function main(): Promise<number> {
  for (const step of checks) {
    const { code, output } = await timed(step);
    if (code === 0) continue;
    console.log(output.trim());
    console.log(`\n${step.name} failed\n0 passed, 1 failed`);
    return 1;
  }
  if (flag === "--check") return 0;
  return runTests();
}

async function timed({ name, run }: Step): Promise<Ran> {
  const startedAt = performance.now();
  const ran = await run();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${ran.code === 0 ? "ok  " : "FAIL"} ${name.padEnd(15)} ${seconds.padStart(6)} s`);
  return ran;
}

/** The generated migrations say all the schema says, and none drops a table (D1 would cascade through its children). */
async function checkMigrations(): Promise<Ran> {
  // drizzle-kit takes a folder inside the project only.
  const folder = "dist/migrations-to-come";
  try {
    await cp("migrations", folder, { recursive: true });
    const schema = ["--dialect", "sqlite", "--schema", "./src/db/schema/index.ts"];
    const ran = await runTool("drizzle-kit", ["generate", ...schema, "--out", folder]);
    if (ran.code !== 0 || !ran.output.includes("No schema changes"))
      return { code: 1, output: `${ran.output}\nrun npm run db:generate and commit what it writes` };
    return await refuseDrops();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function refuseDrops(): Promise<Ran> {
  const files = (await readdir("migrations")).filter((file) => file.endsWith(".sql"));
  for (const file of files) {
    const sql = await readFile(join("migrations", file), "utf8");
    if (/\bdrop\s+table\b/i.test(sql)) return { code: 1, output: `migrations/${file} drops a table` };
  }
  return { code: 0, output: "" };
}

async function checkBundle(): Promise<Ran> {
  const folder = await mkdtemp(join(tmpdir(), "domiq-bundle-"));
  try {
    return await runTool("wrangler", ["deploy", "--dry-run", "--outdir", folder]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Report = { numPassedTests: number; numFailedTests: number };
type Tally = { code: number; passed: number; failed: number };

async function runTests(): Promise<number> {
  const runs = vitestArgs.length > 0 ? [vitestArgs] : parts;
  console.log("\nThe tests run now; what they say comes when they are through.");
  const tallies = await Promise.all(runs.map((args) => runVitest(args)));
  const sum = (of: (tally: Tally) => number) => tallies.reduce((total, tally) => total + of(tally), 0);
  console.log(`${sum(({ passed }) => passed)} passed, ${sum(({ failed }) => failed)} failed`);
  return Math.max(...tallies.map(({ code }) => code));
}

/** Prints what the run said when it is over, so that several at once stay readable. */
async function runVitest(args: string[]): Promise<Tally> {
  const folder = await mkdtemp(join(tmpdir(), "domiq-tests-"));
  const file = join(folder, "report.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const { code, output } = await runTool("vitest", [
    "run",
    "--config",
    "test/vitest.config.ts",
    ...reporters,
    ...args,
  ]);
  console.log(output.trimEnd());
  const text = await readFile(file, "utf8").catch(() => null);
  await rm(folder, { recursive: true, force: true });
  const report = text === null ? null : (JSON.parse(text) as Report);
  const failed = report ? report.numFailedTests : 1;
  // A file that does not load fails without a test of its own failing.
  return { code, passed: report?.numPassedTests ?? 0, failed: code !== 0 && failed === 0 ? 1 : failed };
}
