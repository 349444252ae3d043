import { and, eq } from "drizzle-orm";
import { audit } from "../../core/audit.ts";
import type { Context } from "../../core/context.ts";
import { notFound } from "../../core/errors.ts";
import { companyExportChunks } from "../../db/schema/access.ts";
import { type ExportRow, getExport } from "./queries.ts";

/** The lines of a finished export, read as they are sent: no export is ever held in memory. */
export async function downloadExport(
  ctx: Context,
  companyId: string,
  exportId: string,
): Promise<ReadableStream<Uint8Array>> {
  const row = await getExport(ctx, companyId, exportId);
  if (row.status !== "ready" || row.expiresAt <= new Date()) throw notFound("Finished export");
  const about = { recordType: "company", recordId: companyId, companyId, after: { export_id: exportId } };
  await audit(ctx, { action: "download_export", ...about });
  return streamOf(ctx, row);
}

function streamOf(ctx: Context, { id, companyId, chunks }: ExportRow): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let seq = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (seq >= chunks) return controller.close();
      const [chunk] = await ctx.db
        .select({ body: companyExportChunks.body })
        .from(companyExportChunks)
        .where(
          and(
            eq(companyExportChunks.companyId, companyId),
            eq(companyExportChunks.exportId, id),
            eq(companyExportChunks.seq, seq),
          ),
        );
      seq += 1;
      // A missing piece must break the download: half an export looks like a whole one.
      if (!chunk) return controller.error(new Error(`chunk ${seq - 1} of export ${id} is missing`));
      controller.enqueue(encoder.encode(chunk.body));
    },
  });
}
