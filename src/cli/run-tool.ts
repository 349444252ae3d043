import { spawn } from "node:child_process";
import { delimiter, resolve } from "node:path";

export type Ran = { code: number; output: string };

const quiet = {
  CI: "1",
  WRANGLER_SEND_METRICS: "false",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  NO_COLOR: "1",
};

/** Runs a tool of `node_modules/.bin` (or of the machine) and collects what it says. Never rejects for a bad exit. */
export function runTool(command: string, args: string[], env: Record<string, string> = {}): Promise<Ran> {
  const path = `${resolve("node_modules/.bin")}${delimiter}${process.env["PATH"] ?? ""}`;
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...quiet, PATH: path, ...env },
  });
  const endIt = () => child.kill();
  process.once("exit", endIt);
  child.once("close", () => process.off("exit", endIt));
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((done, failed) => {
    child.on("error", failed);
    child.on("close", (code) => done({ code: code ?? 1, output: Buffer.concat(chunks).toString("utf8") }));
  });
}

/** Runs a tool that must succeed; its output is the complaint when it does not. */
export async function mustRun(
  command: string,
  args: string[],
  env?: Record<string, string>,
): Promise<string> {
  const { code, output } = await runTool(command, args, env);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${output}`);
  return output;
}
