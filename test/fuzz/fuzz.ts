// Attacks every endpoint of a running server, or of one of its own: npm run fuzz -- [--seed n] [--runs n] [--only word]
//
// The endpoints come from the server's own API document. What is asked of every answer is in judge.ts: it comes, it is
// no failure of ours, and a refusal speaks the dialect of its path. Ends with 1 when anything was found.
import { parseArgs } from "node:util";
import { serverFor } from "../../src/cli/demo/server.ts";
import { attackAll, sayFinding } from "./campaign.ts";
import { openServer } from "./server-world.ts";
import { type ApiDocument, operationsOf } from "./surface.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    runs: { type: "string", default: "100" },
    only: { type: "string", default: "" },
  },
});
const seed = Number(values.seed);

const server = await serverFor({ quiet: false });
try {
  const document = (await (await fetch(`${server.origin}/api/openapi.json`)).json()) as ApiDocument;
  const world = await openServer(server.origin);
  const operations = operationsOf(document)
    .filter(({ method, template }) => `${method} ${template}`.includes(values.only))
    // Its example fits the demo's people, who could not come in again; `npm test` attacks it with people of its own.
    .filter(({ template }) => template !== "/api/auth/change-password")
    .map((operation) => ({ ...operation, example: world.name(operation.example) }));
  print(`${operations.length} endpoints, ${values.runs} requests each, seed ${seed}`);
  const { findings, sent } = await attackAll({ operations, ...world, seed, runs: Number(values.runs) });
  for (const finding of findings) print(`\n${sayFinding(finding)}`);
  print(`\n${sent} requests sent, ${findings.length} endpoints broken`);
  process.exitCode = findings.length > 0 ? 1 : 0;
} finally {
  await server.stop();
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
