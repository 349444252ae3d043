import type * as z from "zod";

/** Every code a caller can meet, with the HTTP status it travels under. */
export const errorStatus = {
  INVALID_FORMAT: 422,
  MISSING_REQUIRED_FIELD: 422,
  VALIDATION_ERROR: 422,
  SLA_VALIDATION_ERROR: 422,
  UNAUTHORIZED: 401,
  INVALID_TOKEN: 401,
  TOKEN_EXPIRED: 401,
  WEBHOOK_ERROR: 401,
  FORBIDDEN: 403,
  INSUFFICIENT_PERMISSIONS: 403,
  PERMISSION_DENIED: 403,
  RECORD_NOT_FOUND: 404,
  ENTITY_NOT_FOUND: 404,
  WORKFLOW_NOT_FOUND: 404,
  DUPLICATE_RECORD: 409,
  INVALID_STATUS_TRANSITION: 409,
  APPROVAL_REQUIRED: 409,
  TOUR_UNAVAILABLE: 409,
  CONFLICT_RESOLUTION_REQUIRED: 409,
  CONFLICT: 409,
  PRECONDITION_FAILED: 412,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RATE_LIMIT_EXCEEDED: 429,
  RESMAN_API_ERROR: 502,
  RESMAN_CONNECTION_ERROR: 503,
  DATABASE_ERROR: 500,
  INTERNAL_ERROR: 500,
} as const;

export type ErrorCode = keyof typeof errorStatus;

/** One complaint about one field of the input. `field` is a dotted path, `loc` says where it travelled. */
export type FieldProblem = {
  field: string;
  message: string;
  code: "missing" | "format" | "invalid";
  loc: (string | number)[];
};

/**
 * A refusal the caller is told about. `details` must be safe to show; `status` overrides the code's usual
 * status where the contract asks for it (malformed JSON is `INVALID_FORMAT` with 400).
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details?: unknown;
  readonly status: number;

  constructor(code: ErrorCode, message: string, details?: unknown, status: number = errorStatus[code]) {
    super(message);
    this.code = code;
    this.details = details;
    this.status = status;
    this.name = "AppError";
  }
}

/** What the validator found, for a dialect that has words of its own. `given` is undefined where nothing was. */
export type InputIssue = { loc: (string | number)[]; issue: z.core.$ZodIssue; given: unknown };

/** Input that does not have the shape a route asks for. `details` says so in our words, `issues` in the validator's. */
export class InvalidInput extends AppError {
  readonly issues: InputIssue[];

  constructor(code: ErrorCode, message: string, problems: FieldProblem[], issues: InputIssue[]) {
    super(code, message, problems);
    this.issues = issues;
  }
}

/** A body that cannot be read at all. */
export class MalformedBody extends AppError {
  readonly text: string;

  constructor(text: string) {
    super("INVALID_FORMAT", "The body is not valid JSON", undefined, 400);
    this.text = text;
  }
}

/** The same words for a missing record and for another company's record. */
export function notFound(what: string): AppError {
  return new AppError("RECORD_NOT_FOUND", `${what} not found`);
}

/** A refusal of input found only after parsing, in the shape the validator itself uses. Steps name a field with dots. */
export function invalidFields(
  problems: { field: string; message: string; steps?: (string | number)[] }[],
): AppError {
  const details: FieldProblem[] = problems.map(({ field, message, steps }) => ({
    field,
    message,
    code: "invalid",
    loc: ["body", ...(steps ?? field.split("."))],
  }));
  return new AppError(
    "VALIDATION_ERROR",
    problems.map((p) => `${p.field}: ${p.message}`).join("; "),
    details,
  );
}

/** A header that does not say what it must. */
export function invalidHeader(name: string, message: string): AppError {
  const problem: FieldProblem = { field: name, message, code: "invalid", loc: ["header", name] };
  return new AppError("VALIDATION_ERROR", message, [problem]);
}
