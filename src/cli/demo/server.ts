import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Server = { origin: string; sandboxOrigin: string; stop: () => Promise<void> };

const bootMs = 120_000;

/** The running server (`npm start`) when there is one, else one of our own with a state of its own. */
export async function serverFor({ quiet }: { quiet: boolean }): Promise<Server> {
  const port = Number(process.env["PORT"] ?? "8787");
  const sandboxPort = Number(process.env["SANDBOX_PORT"] ?? "8788");
  const origin = `http://localhost:${port}`;
  const sandboxOrigin = `http://localhost:${sandboxPort}`;
  if (await isHealthy(origin)) return { origin, sandboxOrigin, stop: async () => {} };
  if (!quiet) console.log("no server is running, starting one for the demo");
  const stateDir = await mkdtemp(join(tmpdir(), "domiq-demo-"));
  const child = spawn(process.execPath, ["src/cli/start.ts"], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, STATE_DIR: stateDir, RATE_LIMIT_SCALE: "100", END_WITH_PARENT: "1" },
  });
  const stop = async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.exitCode === null && child.kill("SIGTERM")) await ended;
    await rm(stateDir, { recursive: true, force: true });
  };
  const until = Date.now() + bootMs;
  while (!(await isHealthy(origin))) {
    if (child.exitCode !== null || Date.now() > until) {
      await stop();
      throw new Error("the demo's own server did not start");
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  await demoLoaded(origin, until);
  return { origin, sandboxOrigin, stop };
}

async function isHealthy(origin: string): Promise<boolean> {
  const answer = await fetch(`${origin}/api/health`, { signal: AbortSignal.timeout(5000) }).catch(() => null);
  return answer?.ok === true;
}

async function demoLoaded(origin: string, until: number): Promise<void> {
  for (;;) {
    const answer = await fetch(`${origin}/api/test/demo`).catch(() => null);
    if (answer?.ok) return;
    if (Date.now() > until) throw new Error("the demo data did not load");
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
