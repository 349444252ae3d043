export type Call = {
  id: number;
  service: string;
  at: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
  /** The body taken apart, where it is a form. */
  fields: Record<string, string> | null;
  /** Null where the caller never got an answer. */
  status: number | null;
  fault: string | null;
  duration_ms: number;
};

type NewCall = Omit<Call, "id" | "headers" | "fields"> & { headers: Headers };

const kept = 5000;
const longestBody = 250_000;

/** Notes a call without its credentials. `isVerbatim` keeps the body to the letter. */
export function noteCall(sql: SqlStorage, call: NewCall, isVerbatim: boolean): void {
  const body = (isVerbatim ? call.body : withoutCredentials(call.body)).slice(0, longestBody);
  const { id } = sql
    .exec<{ id: number }>(
      `INSERT INTO calls (service, at, method, path, headers, body, status, fault, duration_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
      call.service,
      call.at,
      call.method,
      withoutCredentials(call.path),
      JSON.stringify(redactedHeaders(call.headers)),
      body,
      call.status,
      call.fault,
      call.duration_ms,
    )
    .one();
  sql.exec("DELETE FROM calls WHERE id <= ?", id - kept);
}

/** The latest calls, oldest first. */
export function listCalls(
  sql: SqlStorage,
  filter: { service?: string | undefined; path?: string | undefined; after?: number; limit?: number } = {},
): Call[] {
  return sql
    .exec<Omit<Call, "headers" | "fields"> & { headers: string }>(
      `SELECT * FROM (
         SELECT * FROM calls
         WHERE id > ?1 AND (?2 = '' OR service = ?2) AND (?3 = '' OR instr(lower(path), ?3) > 0)
         ORDER BY id DESC LIMIT ?4
       ) ORDER BY id`,
      filter.after ?? 0,
      filter.service ?? "",
      filter.path?.toLowerCase() ?? "",
      filter.limit ?? 1000,
    )
    .toArray()
    .map((row) => {
      const headers = JSON.parse(row.headers) as Record<string, string>;
      const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded");
      return { ...row, headers, fields: isForm ? Object.fromEntries(new URLSearchParams(row.body)) : null };
    });
}

const secretHeaders = new Set(["authorization", "proxy-authorization", "cookie", "x-api-key", "api-key"]);

function redactedHeaders(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    [...headers].map(([name, value]) => [name, secretHeaders.has(name.toLowerCase()) ? "***" : value]),
  );
}

const secretNames = "(?:api[_-]?key|password|secret|access_token)";

/** Form fields, query parameters and JSON strings with the name of a credential. */
function withoutCredentials(text: string): string {
  return text
    .replaceAll(new RegExp(`(^|[?&])(${secretNames})=[^&]*`, "gi"), "$1$2=***")
    .replaceAll(new RegExp(`("${secretNames}"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, "gi"), '$1"***"');
}
