import { configOf } from "../core/config.ts";
import { openLog } from "../core/log.ts";
import { seal, unseal } from "../core/secrets.ts";
import { keyIdOf } from "../core/tokens.ts";
import { databaseFor } from "../db/client.ts";

/** Where sealed secrets stand; `owner` is what each was sealed with, `rowid` finds the row again. */
const places = [
  {
    table: "company_secrets",
    keyId: "key_id",
    ciphertext: "ciphertext",
    owner: "company_id || ':' || name",
  },
  {
    table: "webhook_secrets",
    keyId: "key_id",
    ciphertext: "ciphertext",
    owner: "company_id || ':webhook:' || webhook_id || ':' || id",
  },
  {
    table: "status_webhooks",
    keyId: "headers_key_id",
    ciphertext: "headers_ciphertext",
    owner: "company_id || ':webhook:' || id || ':headers'",
  },
] as const;

type Place = (typeof places)[number];
type Row = { row: number; owner: string; keyId: string; ciphertext: string };

const pageSize = 100;
/** Per place and tick; the next tick goes on. */
const mostPages = 10;

/**
 * After a change of SECRETS_KEY: opens with the previous key what it sealed and seals it with the present one. Once
 * a tick finds nothing more, the previous key can be taken away.
 */
export async function resealSecrets(env: Env): Promise<void> {
  const results = [];
  for (const place of places) results.push(await resealPlace(env, place));
  const resealed = results.reduce((sum, { done }) => sum + done, 0);
  const unopened = results.reduce((sum, { lost }) => sum + lost, 0);
  const log = openLog({ job: "resealSecrets" });
  if (resealed > 0) log.warn("secrets were sealed again with the present key", { resealed });
  if (unopened > 0) log.warn("secrets that no key opens", { unopened });
}

async function resealPlace(env: Env, place: Place): Promise<{ done: number; lost: number }> {
  const config = configOf(env);
  const present = await keyIdOf(config.SECRETS_KEY);
  const tally = { done: 0, lost: 0 };
  let after = 0;
  for (let page = 0; page < mostPages; page += 1) {
    const rows = await sealedBefore(env, place, present, after);
    const updates: D1PreparedStatement[] = [];
    for (const row of rows) {
      const plain = await unseal(config, row.owner, row).catch(() => null);
      if (plain === null) tally.lost += 1;
      else updates.push(update(env, place, row, await seal(config, row.owner, plain)));
    }
    if (updates.length > 0) await databaseFor(env, "").batch(updates);
    tally.done += updates.length;
    after = rows.at(-1)?.row ?? after;
    if (rows.length < pageSize) break;
  }
  return tally;
}

async function sealedBefore(env: Env, place: Place, present: string, after: number): Promise<Row[]> {
  const { table, keyId, ciphertext, owner } = place;
  const { results } = await databaseFor(env, "")
    .prepare(
      `select rowid as row, ${owner} as owner, ${keyId} as keyId, ${ciphertext} as ciphertext from ${table}
       where rowid > ? and ${keyId} is not null and ${keyId} <> ? order by rowid limit ${pageSize}`,
    )
    .bind(after, present)
    .all<Row>();
  return results;
}

/** A secret that was replaced meanwhile stays as it is. */
function update(env: Env, place: Place, row: Row, sealed: { keyId: string; ciphertext: string }) {
  const { table, keyId, ciphertext } = place;
  return databaseFor(env, "")
    .prepare(`update ${table} set ${keyId} = ?, ${ciphertext} = ? where rowid = ? and ${ciphertext} = ?`)
    .bind(sealed.keyId, sealed.ciphertext, row.row, row.ciphertext);
}
