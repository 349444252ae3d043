// What the minute's sweep for lost clocks reads and takes, with a thousand entities and with two hundred thousand:
// node test/bench/status-sweep.ts
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { applyMigrations } from "../../src/cli/apply-migrations.ts";
import { dueQueries } from "../../src/modules/status/due-queries.ts";
import { companyStatement, entitiesStatement } from "../support/fill-entities.ts";

const sizes = [1000, 200_000];
const late = 10;
const runs = 20;

const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    modules: true,
    script: "export default { fetch: () => new Response() };",
    d1Databases: { DB: "status-sweep" },
    telemetry: { enabled: false },
    cf: false,
  }),
);

async function measure() {
  const db = await miniflare.getD1Database("DB");
  await applyMigrations(db, "migrations");
  const now = Date.now();
  for (const query of dueQueries) {
    const { results } = await db.prepare(`explain query plan ${query}`).bind(now).all();
    console.log(results.map((row) => `  ${String(row["detail"])}`).join("\n"));
  }
  await db.prepare(companyStatement).bind("full", 0).run();
  await db
    .prepare(entitiesStatement)
    .bind("full", 0, late, "late-", now - 1000)
    .run();
  let there = late;
  for (const size of sizes) {
    await db
      .prepare(entitiesStatement)
      .bind("full", there, size, "order-", now + 86_400_000)
      .run();
    there = size;
    const sweep = () => db.batch(dueQueries.map((query) => db.prepare(query).bind(now)));
    const answers = await sweep();
    const startedAt = performance.now();
    for (let run = 0; run < runs; run += 1) await sweep();
    const ms = (performance.now() - startedAt) / runs;
    console.log(
      JSON.stringify({
        entities: size,
        due: answers.reduce((sum, { results }) => sum + results.length, 0),
        rows_read: answers.map(({ meta }) => meta.rows_read),
        ms_per_sweep: Math.round(ms * 100) / 100,
      }),
    );
  }
}

try {
  await measure();
} finally {
  await miniflare.dispose();
}
