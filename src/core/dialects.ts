import { type AppError, type FieldProblem, InvalidInput, MalformedBody } from "./errors.ts";
import { sayIssues, sayMalformed, sayProblem } from "./fastapi-problems.ts";

type Meta = { timestamp: string; requestId: string };

export type Refusal = { status: number; body: object };

/** Bodies without an envelope and refusals as FastAPI makes them. */
export function speaksFastApi(path: string): boolean {
  return /^\/api\/contacts(?:[/?]|$)/.test(path);
}

/** A refusal in the dialect of the path it was met on. */
export function refusalOn(path: string, error: AppError, meta: Meta): Refusal {
  return speaksFastApi(path)
    ? fastApiRefusal(error, meta)
    : { status: error.status, body: enveloped(path, error, meta) };
}

function enveloped(path: string, error: AppError, meta: Meta): object {
  return {
    success: false,
    error: {
      code: codeOn(path, error.code),
      message: error.message,
      ...(error.details === undefined ? {} : { details: error.details }),
    },
    meta,
  };
}

/** The status engine has its own names for two refusals. */
function codeOn(path: string, code: string): string {
  if (!path.startsWith("/api/v1/status")) return code;
  if (code === "INSUFFICIENT_PERMISSIONS" || code === "FORBIDDEN") return "PERMISSION_DENIED";
  if (code === "RECORD_NOT_FOUND") return "ENTITY_NOT_FOUND";
  return code;
}

/** FastAPI's: a list of what is wrong with the input, an object where a conflict has more to tell, else a text. */
function fastApiRefusal(error: AppError, meta: Meta): Refusal {
  if (error instanceof MalformedBody) return { status: 422, body: { detail: [sayMalformed(error.text)] } };
  const { status } = error;
  if (status === 422) return { status, body: { detail: problemsIn(error) } };
  if (status >= 500) return { status, body: { detail: `${error.message} (request ${meta.requestId})` } };
  const detail =
    status === 409
      ? { code: error.code, message: error.message, ...(error.details as object | undefined) }
      : error.message;
  return { status, body: { detail } };
}

function problemsIn(error: AppError) {
  if (error instanceof InvalidInput) return sayIssues(error.issues);
  if (Array.isArray(error.details)) return (error.details as FieldProblem[]).map(sayProblem);
  return [sayProblem({ field: "body", message: error.message, code: "invalid", loc: ["body"] })];
}
