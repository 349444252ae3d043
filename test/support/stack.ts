import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Api, apiAt } from "../../src/cli/demo/api.ts";
import type { Property } from "../../src/cli/demo/visitor.ts";
import { developmentVars } from "../../src/cli/development-vars.ts";
import { bundle, serve, type Served } from "../../src/cli/serve.ts";
import { loadDemo } from "../../src/cli/welcome.ts";

export type Demo = {
  password: string;
  companies: {
    id: string;
    name: string;
    accounts: { id: string; email: string; role: string }[];
    properties: Property[];
  }[];
};

/** The API and the sandbox as `npm start` runs them, on free ports, with the demo loaded and a state of their own. */
export type Stack = {
  origin: string;
  sandboxOrigin: string;
  demo: Demo;
  staff(email: string): Promise<Api>;
  /** What cron would do now. */
  tick(): Promise<void>;
  killSandbox(): Promise<void>;
  reviveSandbox(): Promise<void>;
  stop(): Promise<void>;
};

export async function startStack(): Promise<Stack> {
  const stateDir = await mkdtemp(join(tmpdir(), "domiq-e2e-"));
  const [worker, vendors] = await Promise.all([
    bundle("wrangler.toml", join(stateDir, "worker")),
    bundle("test/sandbox/wrangler.toml", join(stateDir, "vendors")),
  ]);
  const serveSandbox = (port: number) =>
    serve({ ...vendors, port, stateDir: join(stateDir, "sandbox"), vars: {} });
  let sandbox: Served | null = await serveSandbox(0);
  const sandboxOrigin = sandbox.origin();
  const api = await serve({
    ...worker,
    port: 0,
    stateDir: join(stateDir, "api"),
    vars: { ...movedTo(sandboxOrigin), RATE_LIMIT_SCALE: "1000" },
  });
  // Sockets are told their address, so the origin must be the one that was found free.
  const port = Number(new URL(api.origin()).port);
  await api.stop();
  const origin = `http://127.0.0.1:${port}`;
  const served = await serve({
    ...worker,
    port,
    stateDir: join(stateDir, "api"),
    vars: { ...movedTo(sandboxOrigin), APP_ORIGIN: origin, RATE_LIMIT_SCALE: "1000" },
  });
  await loadDemo(origin);
  const demo = await apiAt(origin).get<Demo>("/api/test/demo");
  return {
    origin,
    sandboxOrigin,
    demo,
    async staff(email) {
      const login = { email, password: demo.password };
      const { access_token } = await apiAt(origin).post<{ access_token: string }>("/api/auth/login", login);
      return apiAt(origin, access_token);
    },
    tick: () => served.tick("* * * * *", new Date()),
    async killSandbox() {
      await sandbox?.stop();
      sandbox = null;
    },
    async reviveSandbox() {
      sandbox = await serveSandbox(Number(new URL(sandboxOrigin).port));
    },
    async stop() {
      await Promise.all([served.stop(), sandbox?.stop()]);
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

function movedTo(sandboxOrigin: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(developmentVars()).map(([name, value]) => [
      name,
      value.replace("http://localhost:8788", sandboxOrigin),
    ]),
  );
}
