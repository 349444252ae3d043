import { type AppError, type FieldProblem, InvalidInput } from "./errors.ts";
import { sayIssue, sayProblem } from "./fastapi-problems.ts";

type Meta = { timestamp: string; requestId: string };

/** The body of a refusal, in the dialect of the path it was met on. */
export function errorBody(path: string, error: AppError, meta: Meta): object {
  if (path.startsWith("/api/contacts")) return fastApiBody(error, meta);
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
function fastApiBody(error: AppError, meta: Meta): object {
  if (error instanceof InvalidInput) return { detail: error.issues.flatMap(sayIssue) };
  if (Array.isArray(error.details) && error.status === 422)
    return { detail: (error.details as FieldProblem[]).map(sayProblem) };
  if (error.status >= 500) return { detail: `${error.message} (request ${meta.requestId})` };
  if (error.status === 409)
    return { detail: { code: error.code, message: error.message, ...(error.details as object | undefined) } };
  return { detail: error.message };
}
