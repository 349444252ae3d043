import type * as z from "zod";
import { UpstreamError, type VendorAnswer } from "./vendor.ts";

/** The answer's JSON in the shape agreed on; throws UpstreamError for anything else. */
export function readJson<Shape extends z.ZodType>(
  vendor: string,
  { status, text }: VendorAnswer,
  shape: Shape,
): z.infer<Shape> {
  const json = parseJson(text);
  const answer = shape.safeParse(json);
  if (answer.success) return answer.data;
  const kind = json === null ? "unreadable" : "unexpected";
  throw new UpstreamError({ vendor, kind, status, detail: answer.error.message, retryable: json === null });
}

/** Null for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
