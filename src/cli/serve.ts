import { createWriteStream } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, extname, join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { convertV4MiniflareOptions, Miniflare, type V4WorkerOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { applyMigrations } from "./apply-migrations.ts";
import { mustRun } from "./run-tool.ts";

export type Bundle = { config: string; folder: string };

export type ServeOptions = Bundle & {
  /** Zero takes any free one. */
  port: number;
  /** Where databases, objects and the log are kept from one run to the next. */
  stateDir: string;
  vars: Record<string, string>;
};

/** A Worker of ours running in workerd on this machine. */
export type Served = {
  origin: () => string;
  /** Cron expressions of the configuration. */
  crons: string[];
  tick(cron: string, at: Date): Promise<void>;
  /** Resolves when no outgoing work is due any more, or after the limit. */
  workDone(limitMs: number): Promise<void>;
  moveTo(port: number): Promise<void>;
  stop(): Promise<void>;
};

/** What of wrangler.toml is looked at here, in Miniflare's words. */
type Configured = {
  bindings?: Record<string, unknown>;
  d1Databases?: Record<string, unknown>;
  cronTriggers?: string[];
};

const host = "127.0.0.1";
const name = "worker";

/** Bundles a Worker as a deployment would, without deploying it. */
export async function bundle(config: string, folder: string): Promise<Bundle> {
  await mustRun("wrangler", ["deploy", "--dry-run", "--config", config, "--outdir", resolve(folder)]);
  return { config, folder };
}

/** Starts a bundled Worker with its database migrated. Its log goes to `log.jsonl` in the state folder. */
export async function serve({ config, folder, port, stateDir, vars }: ServeOptions): Promise<Served> {
  await mkdir(stateDir, { recursive: true });
  const log = createWriteStream(join(stateDir, "log.jsonl"), { flags: "a" });
  const { workerOptions, externalWorkers } = unstable_getMiniflareWorkerOptions(config);
  const { modulesRules: _rules, ...configured } = workerOptions;
  const worker: Configured = configured;
  const modules = await modulesIn(folder);
  const optionsFor = (onPort: number) =>
    convertV4MiniflareOptions({
      host,
      port: onPort,
      cf: false,
      logRequests: false,
      telemetry: { enabled: false },
      resourcePersistencePath: resolve(stateDir),
      handleStructuredLogs: (line) => log.write(`${JSON.stringify(line)}\n`),
      workers: [
        {
          ...configured,
          name,
          rootPath: process.cwd(),
          modules,
          bindings: { ...worker.bindings, ...vars },
        } as V4WorkerOptions,
        ...externalWorkers,
      ],
    });
  const miniflare = new Miniflare(optionsFor(port));
  let url = await miniflare.ready;
  if (worker.d1Databases?.["DB"])
    await applyMigrations(await miniflare.getD1Database("DB", name), join(dirname(config), "migrations"));
  return {
    origin: () => url.origin,
    crons: worker.cronTriggers ?? [],
    async tick(cron, at) {
      await (await miniflare.getWorker(name)).scheduled({ cron, scheduledTime: at });
    },
    async workDone(limitMs) {
      const database = await miniflare.getD1Database("DB", name);
      const due = "select count(*) as n from outbox where status = 'pending' and next_attempt_at <= ?";
      for (const until = Date.now() + limitMs; Date.now() < until; await wait(100))
        if ((await database.prepare(due).bind(Date.now()).first("n")) === 0) return;
    },
    async moveTo(newPort) {
      await miniflare.setOptions(optionsFor(newPort));
      url = await miniflare.ready;
    },
    async stop() {
      await miniflare.dispose();
      log.end();
    },
  };
}

const kinds = {
  ".js": "ESModule",
  ".wasm": "CompiledWasm",
  ".bin": "Data",
  ".txt": "Text",
  ".html": "Text",
  ".sql": "Text",
} as const;

/** The bundle's modules; the entry comes first. */
async function modulesIn(folder: string) {
  const files = (await readdir(folder)).filter((file) => extname(file) in kinds);
  const entryFirst = files.toSorted((a, b) => Number(b === "index.js") - Number(a === "index.js"));
  return Promise.all(
    entryFirst.map(async (file) => ({
      type: kinds[extname(file) as keyof typeof kinds],
      path: file,
      contents: await readFile(join(folder, file)),
    })),
  );
}
