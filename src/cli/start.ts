import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { developmentVars } from "./development-vars.ts";
import { firstTakenPort } from "./free-port.ts";
import { cronDue } from "./cron-due.ts";
import { bundle, serve, type Served } from "./serve.ts";
import { loadDemo, printWelcome } from "./welcome.ts";

const port = portOf("PORT", 8787);
const sandboxPort = portOf("SANDBOX_PORT", 8788);
const stateDir = process.env["STATE_DIR"] ?? ".state";

const running: Served[] = [];
let ending = false;

ownSignals();
endWithParent();
await start().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return end(1);
});

async function start(): Promise<void> {
  const taken = await firstTakenPort([
    ["PORT", port],
    ["SANDBOX_PORT", sandboxPort],
  ]);
  if (taken)
    throw new Error(
      `port ${taken.port} is taken by another program; choose another with ${taken.variable}=…`,
    );
  // The door opens once everything behind it is there: until then the API listens where nobody looks.
  const [api] = await Promise.all([
    run("wrangler.toml", "api", 0, localVars()),
    run("test/sandbox/wrangler.toml", "sandbox", sandboxPort, {}),
  ]);
  await loadDemo(api.origin());
  await api.workDone(5000);
  await api.moveTo(port);
  await healthy(api.origin());
  await printWelcome(`http://localhost:${port}`, `http://localhost:${sandboxPort}`, stateDir);
  await keepTime(api);
}

async function run(
  config: string,
  part: string,
  onPort: number,
  vars: Record<string, string>,
): Promise<Served> {
  const folder = join(stateDir, part);
  const bundled = await bundle(config, join(folder, "bundle"));
  const served = await serve({ ...bundled, port: onPort, stateDir: folder, vars });
  running.push(served);
  ownSignals();
  return served;
}

function portOf(variable: string, usual: number): number {
  const text = process.env[variable];
  const value = text === undefined ? usual : Number(text);
  if (Number.isInteger(value) && value > 0 && value < 65_536) return value;
  console.error(`${variable} must be a port number, not ${text}`);
  process.exit(1);
}

/** The example's values, with the ports of this run and what the caller sets on purpose. */
function localVars(): Record<string, string> {
  const scale = process.env["RATE_LIMIT_SCALE"];
  const moved = Object.entries(developmentVars()).map(([name, value]) => [
    name,
    value
      .replace("localhost:8787", `localhost:${port}`)
      .replace("localhost:8788", `localhost:${sandboxPort}`),
  ]);
  return {
    ...(Object.fromEntries(moved) as Record<string, string>),
    ...(scale ? { RATE_LIMIT_SCALE: scale } : {}),
  };
}

async function healthy(origin: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(`${origin}/api/health`).catch(() => null);
    if (answer?.ok) return;
    await wait(100);
  }
  throw new Error(`${origin}/api/health does not become healthy; see ${stateDir}/api/log.jsonl`);
}

/** Rings the Worker's crons, which nobody does on a developer's machine. */
async function keepTime(api: Served): Promise<void> {
  const minuteMs = 60_000;
  for (;;) {
    await wait(minuteMs - (Date.now() % minuteMs));
    if (ending) return;
    const at = new Date(Math.round(Date.now() / minuteMs) * minuteMs);
    for (const cron of api.crons.filter((expression) => cronDue(expression, at)))
      await api.tick(cron, at).catch((error: unknown) => console.error(`cron ${cron} failed`, error));
  }
}

/** Miniflare ends the process by itself when a signal comes, before anything could be put in order. */
function ownSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.removeAllListeners(signal);
    process.on(signal, () => void end(0));
  }
}

/** A parent that was killed cannot pass its signal on. */
function endWithParent(): void {
  if (process.env["END_WITH_PARENT"] === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) void end(0);
  }, 1000).unref();
}

async function end(code: number): Promise<void> {
  if (ending) return;
  ending = true;
  await Promise.allSettled(running.map((served) => served.stop()));
  process.exit(code);
}
