import type { RouterRoute } from "hono/types";
import { version } from "../../package.json";
import { type Operation, operationOf, tagOf } from "./operation.ts";
import { outgoing } from "./outgoing.ts";
import { readRoutes, templateOf } from "./read-routes.ts";
import { refusals } from "./refusals.ts";
import { type JsonSchema, metaFields, Shapes } from "./shapes.ts";

export type ApiDocument = {
  openapi: "3.1.0";
  info: { title: string; version: string; description: string };
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  webhooks: Record<string, JsonSchema>;
  components: Record<"schemas" | "responses" | "parameters" | "securitySchemes", Record<string, JsonSchema>>;
};

const description = `Answers are \`{ success, data, meta }\`, refusals \`{ success, error: { code, message, details }, meta }\`;
\`/api/contacts\` answers with bare bodies and \`{ detail }\`.
Times are ISO 8601 in UTC; times sent may carry any offset. Lists take \`page\` and \`limit\` and tell \`meta.pagination\`.
\`PUT\` changes the fields it names and leaves the others; \`null\` clears one. \`DELETE\` archives.
A record of another company answers like one that does not exist.`;

/** The OpenAPI 3.1 document of these routes. `strict` is for tests: answers may hold nothing undocumented. */
export function describeApi(routes: RouterRoute[], { strict = false } = {}): ApiDocument {
  const shapes = new Shapes(strict);
  const described = readRoutes(routes);
  const paths: ApiDocument["paths"] = {};
  for (const route of described) {
    const operations = (paths[templateOf(route.path)] ??= {});
    operations[route.method.toLowerCase()] = operationOf(route, shapes);
  }
  const responses = refusals(shapes);
  const webhooks = outgoing(shapes);
  const numbers = ["page", "limit", "total", "totalPages"].map(
    (name) => [name, { type: "integer" }] as const,
  );
  const pagination = shapes.object(Object.fromEntries(numbers));
  shapes.add("Meta", shapes.object(metaFields));
  shapes.add("PageMeta", shapes.object({ ...metaFields, pagination }));
  return {
    openapi: "3.1.0",
    info: { title: "DomIQ Edge", version, description },
    tags: [...new Set(described.map(({ path }) => tagOf(path)))].toSorted().map((name) => ({ name })),
    paths,
    webhooks,
    components: { schemas: sorted(shapes.named), responses, parameters: sharedParameters, securitySchemes },
  };
}

const sharedParameters = {
  IdempotencyKey: {
    name: "Idempotency-Key",
    in: "header",
    description: "The same key and body get the first answer again for 24 hours; another body gets 409",
    schema: { type: "string", minLength: 1, maxLength: 255 },
  },
  IfMatch: {
    name: "If-Match",
    in: "header",
    description: "The ETag of the version to change; 412 when the record has changed since",
    schema: { type: "string" },
  },
};

const securitySchemes = {
  staff: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "The access token of POST /api/auth/login, good for 15 minutes",
  },
  visitor: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "The token of POST /api/users/browser/{browserId}/session",
  },
  apiKey: { type: "apiKey", in: "header", name: "X-API-Key" },
};

function sorted<Value>(record: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => a.localeCompare(b)));
}
