import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Miniflare } from "miniflare";
import { unstable_splitSqlQuery } from "wrangler";

type Database = Awaited<ReturnType<Miniflare["getD1Database"]>>;

/** Applies what is new, in order, each file as one batch; keeps the same book of it as `wrangler d1 migrations`. */
export async function applyMigrations(database: Database, folder: string): Promise<void> {
  await database.exec(
    "CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)",
  );
  const { results } = await database.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
  const applied = new Set(results.map((row) => row.name));
  const files = (await readdir(folder))
    .filter((file) => file.endsWith(".sql") && !applied.has(file))
    .toSorted();
  for (const file of files) {
    const statements = unstable_splitSqlQuery(await readFile(join(folder, file), "utf8"));
    await database
      .batch([
        ...statements.map((statement) => database.prepare(statement)),
        database.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(file),
      ])
      .catch((cause: unknown) => {
        throw new Error(
          `migration ${file} does not fit the database of another version (${String(cause)}); delete the state folder (STATE_DIR, usually .state) to begin anew`,
        );
      });
  }
}
