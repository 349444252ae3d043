import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

describe("npm start", () => {
  it("serves API, pages, demo and sandbox, keeps its state, and leaves no process behind", async () => {
    const stateDir = await mkdtemp(join(tmpdir(), "domiq-start-"));
    cleanups.push(() => rm(stateDir, { recursive: true, force: true }));
    const [port, sandboxPort] = [await freePort(), await freePort()];
    const origin = `http://localhost:${port}`;

    const first = start({ PORT: port, SANDBOX_PORT: sandboxPort, STATE_DIR: stateDir });
    await first.says("Ctrl-C ends everything");
    expect(first.output()).toContain(`${origin}/api/docs`);
    expect(first.output()).toContain("admin@maple.test");
    expect((await fetch(`${origin}/api/health`)).status).toBe(200);
    expect((await fetch(`${origin}/widget.js`)).headers.get("content-type")).toContain("javascript");
    expect((await fetch(`${origin}/api/docs`)).headers.get("content-type")).toContain("html");
    expect((await fetch(`http://localhost:${sandboxPort}/`)).status).toBe(200);
    const token = await login(origin);

    const processes = await descendantsOf(first.pid);
    expect(processes.length).toBeGreaterThan(1);
    first.kill("SIGTERM");
    expect(await first.ended).toBe(0);
    await gone(processes);

    const second = start({ PORT: port, SANDBOX_PORT: sandboxPort, STATE_DIR: stateDir });
    await second.says("Ctrl-C ends everything");
    const verified = await fetch(`${origin}/api/auth/verify`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(verified.status).toBe(200);
    const orphans = await descendantsOf(second.pid);
    second.kill("SIGKILL");
    await gone(orphans);
  });

  it("names the port that is taken and the variable that chooses another", async () => {
    const server = createServer();
    const port = await listen(server);
    cleanups.push(() => server.close());
    const { ended, output } = start({ PORT: port, SANDBOX_PORT: await freePort() });
    expect(await ended).toBe(1);
    expect(output()).toContain(`port ${port} is taken by another program; choose another with PORT=`);
  });
});

type Started = {
  pid: number;
  ended: Promise<number | null>;
  output: () => string;
  says: (words: string) => Promise<void>;
  kill: ChildProcess["kill"];
};

function start(variables: Record<string, string | number>): Started {
  const env = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)]));
  const child = spawn(process.execPath, ["src/cli/bootstrap.mjs", "start"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let text = "";
  const hear = (chunk: Buffer) => (text += chunk.toString());
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  cleanups.push(() => child.kill("SIGTERM"));
  return {
    pid: child.pid ?? 0,
    ended,
    output: () => text,
    kill: (signal) => child.kill(signal),
    async says(words) {
      while (!text.includes(words)) {
        if (child.exitCode !== null) throw new Error(`it ended: ${text}`);
        await wait(100);
      }
    },
  };
}

async function login(origin: string): Promise<string> {
  const answer = await fetch(`${origin}/api/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "agent@maple.test", password: "demo-password-1!" }),
  });
  const { data } = (await answer.json()) as { data: { access_token: string } };
  return data.access_token;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Ids of all living processes below this one, from /proc. */
async function descendantsOf(pid: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = await parentOf(Number(entry));
    if (parent !== null) parents.set(Number(entry), parent);
  }
  const below = (of: number): number[] =>
    [...parents].filter(([, parent]) => parent === of).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}

/** Null for a process that is gone, or dead and waiting to be collected. */
async function parentOf(pid: number): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  const [state, parent] = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
  return state === undefined || state === "Z" ? null : Number(parent);
}

async function gone(pids: number[]): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const states = await Promise.all(pids.map(parentOf));
    if (states.every((state) => state === null)) return;
    await wait(100);
  }
  throw new Error(`still alive: ${pids.join(", ")}`);
}
