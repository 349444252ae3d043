import type * as z from "zod";
import { speaksFastApi } from "../core/dialects.ts";
import { type DescribedRoute, isSocket, parametersOf } from "./read-routes.ts";
import { refusalsOf } from "./refusals.ts";
import { type JsonSchema, metaFields, type Shapes } from "./shapes.ts";
import { socketOf } from "./sockets.ts";

export type Operation = {
  operationId: string;
  summary?: string;
  description?: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters: JsonSchema[];
  requestBody?: JsonSchema;
  responses: Record<string, JsonSchema>;
  "x-permission"?: string;
  "x-websocket"?: JsonSchema;
};

export function operationOf(route: DescribedRoute, shapes: Shapes): Operation {
  const { note, inputs } = route;
  const body = inputs.find(({ target }) => target === "json");
  const socket = socketOf(route.path, shapes);
  return {
    operationId: operationId(route),
    ...(note.summary ? { summary: note.summary } : {}),
    ...(note.description ? { description: note.description } : {}),
    tags: [tagOf(route.path)],
    security: securityOf(route),
    parameters: parameters(route, shapes),
    ...(body ? { requestBody: requestBody(body.schema, shapes) } : {}),
    responses: { ...(socket?.responses ?? success(route, shapes)), ...refusalsOf(route) },
    ...(note.access ? { "x-permission": note.access } : {}),
    ...(socket ? { "x-websocket": socket.frames } : {}),
  };
}

/** `PUT /api/companies/:id/integrations` is `putCompaniesByIdIntegrations`. */
function operationId({ method, path }: DescribedRoute): string {
  const words = path
    .replace(/^\/api\//, "")
    .replaceAll(/:(\w+)(?:\{[^}]*\})?/g, "by-$1")
    .split(/[/_.-]+/)
    .filter((word) => word !== "");
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

export function tagOf(path: string): string {
  return path.replace(/^\/api\/(?:v1\/)?/, "").split("/")[0] ?? "";
}

function securityOf({ signedIn, note, path }: DescribedRoute): Operation["security"] {
  if (!signedIn) return [];
  if (isSocket(path)) return [{ staff: [] }, { visitor: [] }];
  const visitor = note.access?.includes("visitor") ? [{ visitor: [] }] : [];
  return [{ staff: [] }, { apiKey: [] }, ...visitor];
}

function parameters(route: DescribedRoute, shapes: Shapes): JsonSchema[] {
  const declared = (["param", "query", "header"] as const).flatMap((target) =>
    route.inputs
      .filter((input) => input.target === target)
      .flatMap(({ schema }) => fieldsOf(schema, target === "param" ? "path" : target, shapes)),
  );
  const inPath = parametersOf(route.path)
    .filter((name) => !declared.some((parameter) => parameter["in"] === "path" && parameter["name"] === name))
    .map((name) => ({ name, in: "path", required: true, schema: { type: "string" } }));
  const shared = [
    ...(route.method === "POST" && route.signedIn ? ["IdempotencyKey"] : []),
    ...(route.method === "PUT" ? ["IfMatch"] : []),
  ];
  return [...inPath, ...declared, ...shared.map((name) => ({ $ref: `#/components/parameters/${name}` }))];
}

function fieldsOf(schema: z.ZodType, place: string, shapes: Shapes): JsonSchema[] {
  const { properties = {}, required = [] } = shapes.of(schema, "input") as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...field }]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    ...(description ? { description } : {}),
    schema: field,
  }));
}

function requestBody(schema: z.ZodType, shapes: Shapes): JsonSchema {
  const example = exampleOf(schema);
  return {
    required: !schema.safeParse(undefined).success,
    content: {
      "application/json": {
        schema: shapes.of(schema, "input"),
        ...(example === undefined ? {} : { example }),
      },
    },
  };
}

/** The example a request shape carries, or one put together from its fields' own. */
export function exampleOf(schema: z.ZodType): unknown {
  const own = schema.meta()?.["example"];
  if (own !== undefined) return own;
  const { shape } = schema as { shape?: Record<string, z.ZodType> };
  if (!shape) return undefined;
  const fields = Object.entries(shape).map(([name, field]) => [name, field.meta()?.["example"]] as const);
  const named = fields.filter(([, example]) => example !== undefined);
  return named.length > 0 ? Object.fromEntries(named) : undefined;
}

function success(route: DescribedRoute, shapes: Shapes): Record<string, JsonSchema> {
  const { answer, status = 200, media = "application/json" } = route.note;
  const description = status === 201 ? "Created" : "Done";
  if (!answer)
    return {
      [status]: { description, ...(media === "application/json" ? {} : { content: { [media]: {} } }) },
    };
  const bare = route.note.bare || speaksFastApi(route.path);
  const schema = bare ? shapes.of(answer, "output") : enveloped(route, shapes.of(answer, "output"), shapes);
  const response = { description, content: { [media]: { schema } } };
  // Health tells the same when it is bad, under the status that load balancers look at.
  return route.path.startsWith("/api/health")
    ? { [status]: response, 503: response }
    : { [status]: response };
}

function enveloped(route: DescribedRoute, data: JsonSchema, shapes: Shapes): JsonSchema {
  const { meta: told } = route.note;
  if (told) {
    const { properties } = shapes.of(told, "output") as { properties: Record<string, JsonSchema> };
    return shapes.object({
      success: { const: true },
      data,
      meta: shapes.object({ ...metaFields, ...properties }),
    });
  }
  const paged = data["type"] === "array" && isPaged(route);
  return shapes.object({
    success: { const: true },
    data,
    meta: { $ref: `#/components/schemas/${paged ? "PageMeta" : "Meta"}` },
  });
}

function isPaged({ inputs }: DescribedRoute): boolean {
  const query = inputs.find(({ target }) => target === "query")?.schema as { shape?: object } | undefined;
  return query?.shape !== undefined && "page" in query.shape;
}
