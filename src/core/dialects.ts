import type { AppError, FieldProblem } from "./errors.ts";

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

function fastApiBody(error: AppError, meta: Meta): object {
  if (Array.isArray(error.details) && error.status === 422)
    return { detail: (error.details as FieldProblem[]).map(fastApiProblem) };
  if (error.status >= 500) return { detail: `${error.message} (request ${meta.requestId})` };
  return { detail: error.message };
}

function fastApiProblem({ loc, message, code }: FieldProblem) {
  if (code === "missing") return { loc, msg: "field required", type: "value_error.missing" };
  return { loc, msg: message, type: code === "format" ? "value_error.format" : "value_error" };
}
