import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type * as z from "zod";

/** The JSON body, or an answer that names every field that is wrong: 400 when it is no JSON, else 422. */
export async function validBody<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  const body = await c.req.json<unknown>().catch(() => {
    throw refusal(400, "The body is not JSON", []);
  });
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const details = read.error.issues.map((issue) => ({ field: issue.path.join("."), message: issue.message }));
  throw refusal(
    422,
    details.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join("; "),
    details,
  );
}

export function refusal(status: 400 | 404 | 422, error: string, details?: unknown): HTTPException {
  return new HTTPException(status, { res: Response.json({ error, details }, { status }) });
}
