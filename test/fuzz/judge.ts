import { speaksFastApi } from "../../src/core/dialects.ts";
import type { Attack } from "./attacks.ts";

export type Answered = { status: number; headers: Headers; text: string };

type Envelope = {
  success?: unknown;
  error?: { code?: unknown; message?: unknown };
  meta?: { requestId?: unknown; timestamp?: unknown };
};

/** What must never leave us, whatever was asked. */
const leaks = /SQLITE_|D1_ERROR|Failed query|\bat \S+ \(?[\w./-]+\.[jt]s:\d+/;

/** Read by people in a browser. */
const isPage = /^\/api\/email\/unsubscribe\//;

/** Why an answer must not be; null when all is well. */
export function complaintAbout(
  { path }: Pick<Attack, "path">,
  { status, headers, text }: Answered,
): string | null {
  if (leaks.test(text)) return "shows its insides";
  if (status < 400) return null;
  if (isPage.test(path) && headers.get("content-type")?.startsWith("text/html")) return null;
  const body = jsonOf(text);
  if (body === undefined) return `refuses with ${status}, but not in JSON`;
  const wrong = speaksFastApi(path)
    ? complaintAboutDetail(status, body)
    : complaintAboutEnvelope(path, body as Envelope);
  if (wrong) return wrong;
  if (status >= 500 && !isVendors(status, body as Envelope)) return `fails with ${status}`;
  return status === 429 && !headers.get("retry-after") ? "refuses with 429 and no Retry-After" : null;
}

/** A vendor that does not answer is no fault of ours. */
function isVendors(status: number, { error }: Envelope): boolean {
  return status !== 500 && String(error?.code).startsWith("RESMAN_");
}

function complaintAboutEnvelope(path: string, { success, error, meta }: Envelope): string | null {
  if (success !== false || typeof error?.message !== "string") return "refuses without the envelope";
  if (!/^[A-Z][A-Z_]+$/.test(String(error.code))) return `refuses with the code ${String(error.code)}`;
  if (typeof meta?.requestId !== "string" || typeof meta.timestamp !== "string")
    return "refuses without meta";
  const isStatus = path.startsWith("/api/v1/status");
  if (isStatus && error.code === "INSUFFICIENT_PERMISSIONS")
    return "speaks another dialect than the status engine's";
  return null;
}

/** FastAPI's: a text, a list of what is wrong, or an object where a conflict has more to tell. */
function complaintAboutDetail(status: number, body: unknown): string | null {
  const detail = (body as { detail?: unknown } | null)?.detail;
  if (status !== 422) return detail === undefined ? "refuses without a detail" : null;
  if (!Array.isArray(detail)) return "refuses with 422 and no list";
  const isListed = detail.every(
    (item: { loc?: unknown; msg?: unknown; type?: unknown } | null) =>
      Array.isArray(item?.loc) && typeof item.msg === "string" && typeof item.type === "string",
  );
  return isListed ? null : "lists what is wrong in another shape";
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
