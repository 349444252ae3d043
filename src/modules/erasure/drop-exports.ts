import type { Context } from "../../core/context.ts";
import { databaseFor } from "../../db/client.ts";
import type { Blanking } from "./tally.ts";

/**
 * Exports hold everything the company had when they were written: those that are finished go, one that is being written
 * begins again. In the write that blanks the records, so that no page read before it is kept after it.
 */
export function dropExports(ctx: Context): Blanking[] {
  const run = (kind: string, text: string): Blanking => ({
    kind,
    statement: databaseFor(ctx.env, ctx.companyId).prepare(text).bind(ctx.companyId),
  });
  return [
    run("export_pages", "delete from company_export_chunks where company_id = ?1"),
    run(
      "exports",
      `update company_exports set status = 'expired', error = 'It held the data of a person who was erased'
       where company_id = ?1 and status = 'ready'`,
    ),
    run(
      "exports_begun_again",
      `update company_exports set status = 'pending', place = '{"table":0,"after":0}', chunks = 0, bytes = 0, counts = '{}'
       where company_id = ?1 and status in ('pending', 'running') and chunks > 0`,
    ),
  ];
}
