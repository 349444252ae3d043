import { describe, expect, it } from "vitest";
import * as z from "zod";
import { sayIssues, sayMalformed, sayProblem } from "./fastapi-problems.ts";

/** What is said of a body (or a query) that a shape refuses. */
function said(shape: z.ZodType, input: unknown, place = "body") {
  const issues = shape.safeParse(input).error?.issues ?? [];
  const told = issues.map((issue) => {
    const path = issue.path as (string | number)[];
    const given = path.reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], input);
    return { loc: [place, ...path], issue, given };
  });
  return sayIssues(told);
}

const one = (field: z.ZodType, value: unknown) => said(z.object({ field }), { field: value })[0];

describe("sayIssues", () => {
  it("says of a missing field what FastAPI says", () => {
    expect(said(z.object({ type: z.enum(["call"]) }), {})).toEqual([
      { loc: ["body", "type"], msg: "field required", type: "value_error.missing" },
    ]);
  });

  it("names the members of an enumeration", () => {
    expect(one(z.enum(["call", "email"]), "fax")).toEqual({
      loc: ["body", "field"],
      msg: "value is not a valid enumeration member; permitted: 'call', 'email'",
      type: "type_error.enum",
      ctx: { enum_values: ["call", "email"] },
    });
  });

  it.each([
    ["null", z.string(), null, "none is not an allowed value", "type_error.none.not_allowed"],
    ["null", z.enum(["a"]), null, "none is not an allowed value", "type_error.none.not_allowed"],
    ["a number", z.string(), 5, "str type expected", "type_error.str"],
    ["a fraction", z.int(), 1.5, "value is not a valid integer", "type_error.integer"],
    ["a text", z.number(), "x", "value is not a valid float", "type_error.float"],
    ["a text", z.boolean(), "perhaps", "value could not be parsed to a boolean", "type_error.bool"],
    ["an object", z.array(z.string()), {}, "value is not a valid list", "type_error.list"],
    ["a list", z.object({}), [], "value is not a valid dict", "type_error.dict"],
    ["no time", z.iso.datetime(), "today", "invalid datetime format", "value_error.datetime"],
    ["no date", z.iso.date(), "today", "invalid date format", "value_error.date"],
    ["no address", z.email(), "me", "value is not a valid email address", "value_error.email"],
  ])("says of %s where %o is asked what pydantic says", (_what, shape, value, msg, type) => {
    expect(one(shape, value)).toEqual({ loc: ["body", "field"], msg, type });
  });

  it.each([
    [z.string().max(3), "long", "ensure this value has at most 3 characters", "any_str.max_length", 3],
    [z.string().min(1), "", "ensure this value has at least 1 characters", "any_str.min_length", 1],
    [z.array(z.any()).max(1), [1, 2], "ensure this value has at most 1 items", "list.max_items", 1],
    [z.array(z.any()).min(1), [], "ensure this value has at least 1 items", "list.min_items", 1],
    [z.number().min(0), -1, "ensure this value is greater than or equal to 0", "number.not_ge", 0],
    [z.number().max(100), 101, "ensure this value is less than or equal to 100", "number.not_le", 100],
    [z.number().gt(0), 0, "ensure this value is greater than 0", "number.not_gt", 0],
    [z.number().lt(5), 5, "ensure this value is less than 5", "number.not_lt", 5],
  ])("tells the limit of %o", (shape, value, msg, type, limit) => {
    expect(one(shape, value)).toEqual({
      loc: ["body", "field"],
      msg,
      type: `value_error.${type}`,
      ctx: { limit_value: limit },
    });
  });

  it("lists every complaint, and takes a body of another kind as one", () => {
    const shape = z.object({ a: z.string(), b: z.int() });
    expect(said(shape, { b: "x" }).map(({ loc }) => loc)).toEqual([
      ["body", "a"],
      ["body", "b"],
    ]);
    expect(said(shape, [])).toEqual([
      { loc: ["body"], msg: "value is not a valid dict", type: "type_error.dict" },
    ]);
  });

  it("takes what is no number in a query for no integer", () => {
    const limit = z.object({ limit: z.coerce.number().int() });
    expect(said(limit, { limit: "ten" }, "query")).toEqual([
      { loc: ["query", "limit"], msg: "value is not a valid integer", type: "type_error.integer" },
    ]);
  });

  it("says one thing of each field, the first", () => {
    expect(said(z.object({ a: z.string().trim().min(1) }), { a: [] })).toEqual([
      { loc: ["body", "a"], msg: "str type expected", type: "type_error.str" },
    ]);
  });

  it("takes a body of nothing for none at all", () => {
    expect(said(z.object({ a: z.string() }), null)).toEqual([
      { loc: ["body"], msg: "field required", type: "value_error.missing" },
    ]);
  });

  it("takes what is neither yes nor no in a query for no boolean", () => {
    expect(said(z.object({ sure: z.stringbool() }), { sure: "perhaps" }, "query")).toEqual([
      { loc: ["query", "sure"], msg: "value could not be parsed to a boolean", type: "type_error.bool" },
    ]);
  });

  it.each(["2024-01-15T10:00:00", "2024-01-15T10:00", "2024-01-15T10:00:00.5"])(
    "asks for the offset of %s",
    (time) => {
      const at = z.iso.datetime({ offset: true, error: "must have an offset" });
      expect(one(at, time)).toEqual({
        loc: ["body", "field"],
        msg: "must have an offset",
        type: "value_error",
      });
    },
  );

  it("names every field that is not known", () => {
    expect(said(z.strictObject({}), { x: 1, y: 2 }).map(({ loc, type }) => [loc.at(-1), type])).toEqual([
      ["x", "value_error.extra"],
      ["y", "value_error.extra"],
    ]);
  });

  it("says a rule of ours in our words", () => {
    const shape = z.string().refine(() => false, "must be a phone number");
    expect(one(shape, "x")).toEqual({
      loc: ["body", "field"],
      msg: "must be a phone number",
      type: "value_error",
    });
    const later = { field: "a", message: "is no manager", code: "invalid" as const, loc: ["body", "a"] };
    expect(sayProblem(later)).toEqual({ loc: ["body", "a"], msg: "is no manager", type: "value_error" });
  });
});

describe("sayMalformed", () => {
  it("tells the place of the mistake", () => {
    expect(sayMalformed('{"a":\n nope}')).toEqual({
      loc: ["body", 7],
      msg: "Expecting value: line 2 column 2 (char 7)",
      type: "value_error.jsondecode",
      ctx: { msg: "Expecting value", pos: 7, lineno: 2, colno: 2 },
    });
  });

  it("takes an empty text for no body", () => {
    expect(sayMalformed("")).toEqual({ loc: ["body"], msg: "field required", type: "value_error.missing" });
  });
});
