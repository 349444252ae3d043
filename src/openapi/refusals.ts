import { speaksFastApi } from "../core/dialects.ts";
import { errorStatus } from "../core/errors.ts";
import type { DescribedRoute } from "./read-routes.ts";
import type { JsonSchema, Shapes } from "./shapes.ts";

const reasons: Record<number, [name: string, description: string]> = {
  400: ["Malformed", "The body is not JSON, or the wanted change is not allowed"],
  401: ["Unauthorized", "No token, or one that does not let in"],
  403: ["Forbidden", "The caller may not do this"],
  404: ["NotFound", "There is no such record, or it belongs to another company"],
  409: ["Conflict", "The present state does not allow it"],
  412: ["PreconditionFailed", "The record has changed since the version named by If-Match"],
  413: ["TooLarge", "The body is too large"],
  415: ["NotJson", "The body must be application/json"],
  422: ["Invalid", "Fields are missing or wrong; `details` lists every one"],
  429: ["TooMany", "Too many calls; Retry-After says when to come back"],
  500: ["Failed", "Our fault; the request id finds it in the log"],
  502: ["VendorFailed", "ResMan answered with an error"],
  503: ["VendorUnavailable", "ResMan cannot be reached"],
};

type Responses = Record<string, JsonSchema>;

/** The shared refusals in both dialects: the envelope's, and `/api/contacts`' own. */
export function refusals(shapes: Shapes): Responses {
  const entries = Object.entries(reasons).flatMap(([status, [name, description]]) => [
    [name, response(status, description, enveloped(shapes, Number(status)))],
    [`Contact${name}`, response(status, description, bare(shapes, Number(status)))],
  ]);
  return Object.fromEntries(entries) as Responses;
}

/** Which of them a route can answer with. */
export function refusalsOf(route: DescribedRoute): Responses {
  const prefix = speaksFastApi(route.path) ? "Contact" : "";
  const body = route.inputs.some(({ target }) => target === "json");
  const writes = route.method !== "GET";
  const resman = /resman|integration|health/.test(route.path);
  const possible: Record<number, boolean> = {
    400: body,
    401: true,
    403: true,
    404: true,
    409: writes,
    412: writes,
    413: writes,
    415: writes,
    422: writes || route.inputs.length > 0,
    429: true,
    500: true,
    502: resman,
    503: resman,
  };
  const statuses = Object.keys(possible).filter((status) => possible[Number(status)]);
  const refused = statuses.map((status): [string, JsonSchema] => [
    status,
    { $ref: `#/components/responses/${prefix}${reasons[Number(status)]?.[0]}` },
  ]);
  return { ...Object.fromEntries(refused), ...(route.note.media === "text/html" ? deadPage : {}) };
}

/** Where people follow a link they are shown a page, also when the link leads nowhere. */
const deadPage = { 404: { description: "The link is not one of ours", content: { "text/html": {} } } };

function response(status: string, description: string, schema: JsonSchema): JsonSchema {
  const headers = status === "429" ? { headers: { "Retry-After": retryAfter } } : {};
  return { description, ...headers, content: { "application/json": { schema } } };
}

const retryAfter = { description: "Seconds", schema: { type: "integer" } };

function enveloped(shapes: Shapes, status: number): JsonSchema {
  const codes = Object.entries(errorStatus).filter(([, usual]) => usual === status);
  const code = status === 400 ? ["INVALID_FORMAT", "VALIDATION_ERROR"] : codes.map(([name]) => name);
  const details = status === 422 ? { anyOf: [fieldProblems(shapes), { type: "object" }] } : {};
  const error = shapes.object({ code: { enum: code }, message: { type: "string" }, details }, ["details"]);
  return shapes.object({ success: { const: false }, error, meta: { $ref: "#/components/schemas/Meta" } });
}

function fieldProblems(shapes: Shapes): JsonSchema {
  const problem = shapes.add("FieldProblem", {
    type: "object",
    properties: {
      field: { type: "string" },
      message: { type: "string" },
      code: { enum: ["missing", "format", "invalid"] },
      loc: { type: "array", items: { type: ["string", "integer"] } },
    },
    required: ["field", "message", "code", "loc"],
  });
  return { type: "array", items: problem };
}

function bare(shapes: Shapes, status: number): JsonSchema {
  const text = shapes.add("Detail", {
    type: "object",
    properties: { detail: { type: "string" } },
    required: ["detail"],
  });
  if (status === 409) return conflict(shapes);
  if (status !== 422) return text;
  const list = shapes.add("ValidationDetail", {
    type: "object",
    properties: {
      detail: {
        type: "array",
        items: {
          type: "object",
          properties: {
            loc: { type: "array", items: { type: ["string", "integer"] } },
            msg: { type: "string" },
            type: { type: "string" },
            ctx: { type: "object" },
          },
          required: ["loc", "msg", "type"],
        },
      },
    },
    required: ["detail"],
  });
  return list;
}

/** Candidates, counts or conflicts stand beside the code and the message. */
function conflict(shapes: Shapes): JsonSchema {
  return shapes.add("ConflictDetail", {
    type: "object",
    properties: {
      detail: {
        type: "object",
        properties: { code: { type: "string" }, message: { type: "string" } },
        required: ["code", "message"],
      },
    },
    required: ["detail"],
  });
}
