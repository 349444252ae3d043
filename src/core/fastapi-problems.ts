import type { FieldProblem, InputIssue } from "./errors.ts";
import { findJsonProblem } from "./json-problem.ts";

/** One entry of FastAPI's 422 list, as pydantic 1 words it. */
export type FastApiProblem = {
  loc: (string | number)[];
  msg: string;
  type: string;
  ctx?: Record<string, unknown>;
};

type Saying = Omit<FastApiProblem, "loc">;

const missing: Saying = { msg: "field required", type: "value_error.missing" };

/** What the validator found, in FastAPI's words: of each field the first, and every key that is not known. */
export function sayIssues(issues: InputIssue[]): FastApiProblem[] {
  const problems = issues.flatMap(sayIssue);
  const places = problems.map(({ loc }) => JSON.stringify(loc));
  return problems.filter((_problem, index) => places.indexOf(places[index] ?? "") === index);
}

function sayIssue({ loc, issue, given }: InputIssue): FastApiProblem[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      loc: [...loc, key],
      msg: "extra fields not permitted",
      type: "value_error.extra",
    }));
  if (loc.length === 1 && loc[0] === "body" && given === null) return [{ loc, ...missing }];
  return [{ loc, ...(loc[0] === "query" ? asCount(sayingOf(issue, given)) : sayingOf(issue, given)) }];
}

/** A body that is no JSON, with the place of the mistake. The body itself is not said back. */
export function sayMalformed(text: string): FastApiProblem {
  if (text === "") return { loc: ["body"], ...missing };
  const { reason, at, line, column } = findJsonProblem(text);
  return {
    loc: ["body", at],
    msg: `${reason}: line ${line} column ${column} (char ${at})`,
    type: "value_error.jsondecode",
    ctx: { msg: reason, pos: at, lineno: line, colno: column },
  };
}

/** A complaint a rule of ours made after parsing: pydantic says of its own kind `value_error`. */
export function sayProblem({ loc, message, code }: FieldProblem): FastApiProblem {
  return code === "missing" ? { loc, ...missing } : { loc, msg: message, type: "value_error" };
}

type Issue = InputIssue["issue"];

function sayingOf(issue: Issue, given: unknown): Saying {
  if (given === undefined && issue.code !== "custom") return missing;
  if (given === null && (issue.code === "invalid_type" || issue.code === "invalid_value"))
    return { msg: "none is not an allowed value", type: "type_error.none.not_allowed" };
  switch (issue.code) {
    case "invalid_type":
      return wrongType(issue.expected);
    case "invalid_value":
      return "expected" in issue && issue.expected === "stringbool"
        ? wrongType("boolean")
        : notPermitted(issue.values);
    case "invalid_format":
      return isNaive(issue, given) ? { msg: issue.message, type: "value_error" } : badFormat(issue);
    case "too_small":
      return tooSmall(issue);
    case "too_big":
      return tooBig(issue);
    default:
      return { msg: issue.message, type: "value_error" };
  }
}

/** The numbers of a query are pages and counts: what is no number at all is no integer either. */
function asCount(saying: Saying): Saying {
  return saying === types["number"] ? wrongType("int") : saying;
}

const types: Record<string, Saying> = {
  string: { msg: "str type expected", type: "type_error.str" },
  int: { msg: "value is not a valid integer", type: "type_error.integer" },
  number: { msg: "value is not a valid float", type: "type_error.float" },
  boolean: { msg: "value could not be parsed to a boolean", type: "type_error.bool" },
  array: { msg: "value is not a valid list", type: "type_error.list" },
  object: { msg: "value is not a valid dict", type: "type_error.dict" },
  record: { msg: "value is not a valid dict", type: "type_error.dict" },
};

function wrongType(expected: string): Saying {
  return types[expected] ?? { msg: `value is not a valid ${expected}`, type: "type_error" };
}

function notPermitted(values: readonly unknown[]): Saying {
  const named = values.map((value) => (typeof value === "string" ? `'${value}'` : String(value)));
  return {
    msg: `value is not a valid enumeration member; permitted: ${named.join(", ")}`,
    type: "type_error.enum",
    ctx: { enum_values: values },
  };
}

const formats: Record<string, Saying> = {
  datetime: { msg: "invalid datetime format", type: "value_error.datetime" },
  date: { msg: "invalid date format", type: "value_error.date" },
  email: { msg: "value is not a valid email address", type: "value_error.email" },
  url: { msg: "invalid or missing URL scheme", type: "value_error.url.scheme" },
  uuid: { msg: "value is not a valid uuid", type: "type_error.uuid" },
};

/** A time that says all but how far it is from UTC: pydantic would take it, we do not guess. */
function isNaive({ format }: Extract<Issue, { code: "invalid_format" }>, given: unknown): boolean {
  return format === "datetime" && /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/.test(String(given));
}

function badFormat(issue: Extract<Issue, { code: "invalid_format" }>): Saying {
  const known = formats[issue.format];
  if (known) return known;
  const pattern = (issue.pattern ?? "").replace(/^\/|\/[a-z]*$/g, "");
  return {
    msg: `string does not match regex "${pattern}"`,
    type: "value_error.str.regex",
    ctx: { pattern },
  };
}

function tooSmall({ origin, minimum, inclusive }: Extract<Issue, { code: "too_small" }>): Saying {
  const ctx = { limit_value: Number(minimum) };
  const least = `ensure this value has at least ${minimum}`;
  if (origin === "string") return { msg: `${least} characters`, type: "value_error.any_str.min_length", ctx };
  if (origin === "array") return { msg: `${least} items`, type: "value_error.list.min_items", ctx };
  return inclusive === false
    ? {
        msg: `ensure this value is greater than ${minimum}`,
        type: "value_error.number.not_gt",
        ctx,
      }
    : {
        msg: `ensure this value is greater than or equal to ${minimum}`,
        type: "value_error.number.not_ge",
        ctx,
      };
}

function tooBig({ origin, maximum, inclusive }: Extract<Issue, { code: "too_big" }>): Saying {
  const ctx = { limit_value: Number(maximum) };
  const most = `ensure this value has at most ${maximum}`;
  if (origin === "string") return { msg: `${most} characters`, type: "value_error.any_str.max_length", ctx };
  if (origin === "array") return { msg: `${most} items`, type: "value_error.list.max_items", ctx };
  return inclusive === false
    ? { msg: `ensure this value is less than ${maximum}`, type: "value_error.number.not_lt", ctx }
    : {
        msg: `ensure this value is less than or equal to ${maximum}`,
        type: "value_error.number.not_le",
        ctx,
      };
}
