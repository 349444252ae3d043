import { zValidator } from "@hono/zod-validator";
import type { Context as HonoContext, MiddlewareHandler, ValidationTargets } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import * as z from "zod";
import type { Context } from "./context.ts";
import { refusalOn, speaksFastApi } from "./dialects.ts";
import { AppError, type FieldProblem, type InputIssue, InvalidInput, MalformedBody } from "./errors.ts";
import type { Log } from "./log.ts";
import type { Paged } from "./page.ts";

/** What every handler finds in `c.var`. `ctx` exists only behind a router that signs the caller in. */
export type BaseEnv = {
  Bindings: Env;
  Variables: { requestId: string; log: Log; bookmark: () => string | null };
};
export type SignedInEnv = BaseEnv & { Variables: { ctx: Context } };

/** What a middleware tells the API document about its route. */
export type RouteNote = {
  summary?: string;
  description?: string;
  answer?: z.ZodType;
  status?: number;
  bare?: boolean;
  media?: string;
  /** What the answer's `meta` tells besides the usual. */
  meta?: z.ZodObject;
  input?: { target: keyof ValidationTargets; schema: z.ZodType };
  access?: string;
};
export const routeNote = Symbol("routeNote");
export type Noted = { [routeNote]?: RouteNote };

export function noted<Handler extends MiddlewareHandler>(handler: Handler, note: RouteNote): Handler {
  return Object.assign(handler, { [routeNote]: note });
}

type Doc = Pick<RouteNote, "status" | "bare" | "media" | "meta" | "description">;

/** Documents a route: what it does and the shape of `data` (or of the whole body when `bare`). */
export function doc(summary: string, answer?: z.ZodType, more: Doc = {}): MiddlewareHandler {
  const pass: MiddlewareHandler = (_c, next) => next();
  return noted(pass, { summary, ...(answer ? { answer } : {}), ...more });
}

/** Parses one part of the request; a failure leaves through the error door listing every bad field. */
export function valid<Target extends keyof ValidationTargets, Schema extends z.ZodType>(
  target: Target,
  schema: Schema,
) {
  const checked = target === "json" ? (shallow.pipe(schema) as unknown as Schema) : schema;
  const parse = zValidator(target, checked, (result, c) => {
    if (target === "json" && speaksFastApi(c.req.path) && !c.req.header("content-type")) throw noBody();
    if (!result.success) throw badInput(target, result.error, result.data);
  });
  return Object.assign(parse, { [routeNote]: { input: { target, schema } } as RouteNote });
}

const deepest = 64;

/** Recursive shapes would follow a body down until the stack ends. */
const shallow = z.unknown().refine((body) => isShallow(body), `must be nested at most ${deepest} deep`);

function isShallow(body: unknown): boolean {
  let level = [body];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) return false;
    level = level.flatMap((value) =>
      typeof value === "object" && value !== null ? Object.values(value) : [],
    );
  }
  return true;
}

const places: Partial<Record<keyof ValidationTargets, string>> = {
  json: "body",
  param: "path",
  form: "body",
};

function badInput(target: keyof ValidationTargets, error: z.core.$ZodError, input: unknown): AppError {
  const place = places[target] ?? target;
  const problems = error.issues.flatMap((issue) => problemsOf(issue, place, input));
  const code = problems.every((problem) => problem.code === "missing")
    ? "MISSING_REQUIRED_FIELD"
    : problems.every((problem) => problem.code === "format")
      ? "INVALID_FORMAT"
      : "VALIDATION_ERROR";
  const message = problems.map((problem) => `${problem.field}: ${problem.message}`).join("; ");
  const issues = error.issues.map((issue): InputIssue => {
    const path = stepsOf(issue);
    return { loc: [place, ...path], issue, given: valueAt(input, path) };
  });
  return new InvalidInput(code, message.slice(0, 1000), problems, issues);
}

/** Where a body is asked for, having none is one mistake, not one for every field. */
function noBody(): AppError {
  const problem: FieldProblem = { field: "body", message: "is required", code: "missing", loc: ["body"] };
  return new AppError("MISSING_REQUIRED_FIELD", "The body is missing", [problem]);
}

function stepsOf({ path }: z.core.$ZodIssue): (string | number)[] {
  return path.map((step) => (typeof step === "symbol" ? String(step) : step));
}

function problemsOf(issue: z.core.$ZodIssue, place: string, input: unknown): FieldProblem[] {
  const path = stepsOf(issue);
  const problem = (
    steps: (string | number)[],
    message: string,
    code: FieldProblem["code"],
  ): FieldProblem => ({
    field: steps.length > 0 ? steps.join(".") : place,
    message,
    code,
    loc: [place, ...steps],
  });
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => problem([...path, key], "is not a known field", "invalid"));
  if (valueAt(input, path) === undefined && issue.code !== "custom")
    return [problem(path, "is required", "missing")];
  return [problem(path, issue.message, issue.code === "invalid_format" ? "format" : "invalid")];
}

function valueAt(input: unknown, path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null ? (value as Record<string, unknown>)[step] : undefined,
    input,
  );
}

function meta(c: HonoContext, more: object = {}) {
  const { requestId } = c.var as BaseEnv["Variables"];
  return { timestamp: new Date().toISOString(), requestId, ...more };
}

export function ok(c: HonoContext, data: unknown, status: ContentfulStatusCode = 200) {
  return c.json({ success: true, data, meta: meta(c) }, status);
}

/** An answer that shows a secret: no cache may hold it, and where it is kept for a repeated call it is encrypted. */
export function okSecret(c: HonoContext, data: unknown, status: ContentfulStatusCode = 200) {
  c.header("Cache-Control", "no-store");
  return ok(c, data, status);
}

/** A single record with its version as ETag. */
export function okRecord(c: HonoContext, data: unknown, version: number, status: ContentfulStatusCode = 200) {
  c.header("ETag", `"${version}"`);
  return ok(c, data, status);
}

export function okPage<Row>(c: HonoContext, page: Paged<Row>, present: (row: Row) => unknown) {
  const { page: number, limit, total } = page;
  const pagination = { page: number, limit, total, totalPages: Math.ceil(total / limit) };
  return c.json({ success: true, data: page.rows.map(present), meta: meta(c, { pagination }) });
}

/** A whole body as it is, where a dialect knows no envelope; with the version of a single record as ETag. */
export function bare(c: HonoContext, body: object, status: ContentfulStatusCode = 200, version?: number) {
  if (version !== undefined) c.header("ETag", `"${version}"`);
  return c.json(body, status);
}

/** The version a caller saw (`If-Match`), or undefined when the caller does not mind. */
export function seenVersion(c: HonoContext): number | undefined {
  const header = c.req.header("if-match");
  if (!header || header === "*") return undefined;
  const version = Number(/^(?:W\/)?"(\d+)"$/.exec(header.trim())?.[1] ?? Number.NaN);
  if (Number.isNaN(version))
    throw new AppError("PRECONDITION_FAILED", "If-Match names no version of this record");
  return version;
}

/** The one place where a failure becomes an answer. */
export async function onError(error: Error, c: HonoContext): Promise<Response> {
  const { log } = c.var as Partial<BaseEnv["Variables"]>;
  const refusal = await refusalOf(error, c);
  if (refusal.status >= 500) log?.error("request failed", error);
  log?.add({ errorCode: refusal.code });
  const retryAfter = (refusal.details as { retry_after?: number } | undefined)?.retry_after;
  if (retryAfter !== undefined) c.header("Retry-After", String(retryAfter));
  const { status, body } = refusalOn(c.req.path, refusal, meta(c));
  return c.json(body, status as ContentfulStatusCode);
}

async function refusalOf(error: Error, c: HonoContext): Promise<AppError> {
  if (error instanceof AppError) return error;
  if (error instanceof HTTPException) {
    if (error.status === 400) return new MalformedBody(await c.req.text());
    if (error.status === 413) return new AppError("PAYLOAD_TOO_LARGE", "The body is too large");
  }
  const cause = error.cause instanceof Error ? error.cause.message : "";
  const lost = /D1_|SQLITE_|^Failed query/.test(`${error.message} ${cause}`);
  return new AppError(lost ? "DATABASE_ERROR" : "INTERNAL_ERROR", "Something went wrong on our side");
}

export function onUnknownPath(c: HonoContext): Promise<Response> {
  return onError(new AppError("RECORD_NOT_FOUND", `No such path: ${c.req.method} ${c.req.path}`), c);
}
