// `npm start`, `npm test` and `npm run demo` begin here, on whatever Node the machine has: installs what the lock
// file names when that is not there yet, then hands over to the TypeScript program on a Node that reads it.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const bin = join(root, "node_modules/.bin");
const [program = "start", ...args] = process.argv.slice(2);

process.chdir(root);
if (!isInstalled()) install();
run(nodeWithTypes());

/** npm writes `node_modules/.package-lock.json` last; it tells what a finished install put there. */
function isInstalled() {
  if (!existsSync("node_modules/.package-lock.json")) return false;
  const there = JSON.parse(readFileSync("node_modules/.package-lock.json", "utf8")).packages;
  const wanted = Object.entries(JSON.parse(readFileSync("package-lock.json", "utf8")).packages);
  return wanted.every(([path, { version, optional }]) => {
    if (path === "") return true;
    return there[path] ? there[path].version === version : optional === true;
  });
}

function install() {
  console.error("installing packages …");
  const { status } = spawnSync("npm", ["ci", "--include=dev", "--include=optional", "--loglevel=error"], {
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (status !== 0) fail("npm ci failed");
}

/** Node 24 comes with the packages on Linux; elsewhere the machine's own has to be new enough to strip types. */
function nodeWithTypes() {
  for (const node of [join(bin, "node"), process.execPath]) {
    const { stdout } = spawnSync(node, ["--version"], { encoding: "utf8" });
    const [major = 0, minor = 0] = (stdout ?? "").replace("v", "").split(".").map(Number);
    if (major > 22 || (major === 22 && minor >= 18)) return node;
  }
  return fail("needs Node 22.18 or newer; none came with the packages for this platform");
}

function run(node) {
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ""}`, END_WITH_PARENT: "1" };
  const child = spawn(node, [`src/cli/${program}.ts`, ...args], { stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  // npm dies of a signal without passing it on.
  const parent = process.ppid;
  const orphaned = () => process.ppid !== parent && child.kill("SIGTERM");
  if (process.env.npm_lifecycle_event) setInterval(orphaned, 500).unref();
  child.on("error", (error) => fail(error.message));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
}

function fail(reason) {
  console.error(reason);
  process.exit(1);
}
