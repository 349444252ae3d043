import { dereference, type OutputUnit, type Schema, validate } from "@cfworker/json-schema";
import { createApp } from "../../src/app.ts";
import { describeApi } from "../../src/openapi/document.ts";

type Described = ReturnType<typeof describeApi>;
type Operation = { responses: Record<string, { content?: Record<string, { schema?: Schema }> }> };

let known:
  | { document: Described; lookup: Record<string, Schema | boolean>; paths: [RegExp, string][] }
  | undefined;

/** Throws when a response is not what the API document promises; its body stays to be read. */
export async function checkResponse(method: string, path: string, response: Response): Promise<void> {
  if (!path.startsWith("/api/") || method === "OPTIONS" || method === "HEAD") return;
  const media = response.headers.get("content-type")?.split(";")[0] ?? null;
  const body = media === "application/json" ? await response.clone().json() : undefined;
  checkAnswer(method, path, response.status, media, body);
}

function checkAnswer(method: string, path: string, status: number, media: string | null, body: unknown) {
  const { document, lookup, paths } = (known ??= describe());
  const pathname = path.split("?")[0] ?? path;
  const template = paths.find(([pattern]) => pattern.test(pathname))?.[1];
  const operation = template && (document.paths[template]?.[method.toLowerCase()] as Operation | undefined);
  // Of a path that does not exist there is nothing to say but that, or that the caller may not go that way at all.
  if (!operation && [401, 403, 404].includes(status)) return;
  const answer = operation && operation.responses[String(status)];
  if (!answer) throw new Error(`the API document knows no ${method} ${template ?? pathname} ${status}`);
  const { content = {} } = resolve(document, answer);
  const said = `${method} ${path} ${status}`;
  if (media === null && Object.keys(content).length === 0) return;
  const promised = media === null ? undefined : content[media];
  if (!promised) throw new Error(`${said} came as ${media}, not as ${Object.keys(content).join(" or ")}`);
  if (media !== "application/json") return;
  const { schema } = promised;
  if (!schema) throw new Error(`the API document has no shape for ${said}`);
  const result = validate(body, schema, "2020-12", lookup, false);
  if (!result.valid)
    throw new Error(`${method} ${path} ${status} is not as documented:\n${explain(result.errors, body)}`);
}

function describe() {
  const document = structuredClone(describeApi(createApp().routes, { strict: true }));
  const lookup = dereference(document as unknown as Schema);
  const paths = Object.keys(document.paths)
    .toSorted((a, b) => a.split("{").length - b.split("{").length)
    .map((template): [RegExp, string] => [patternOf(template), template]);
  return { document, lookup, paths };
}

/** `/api/tours/{id}` as a pattern; paths with fewer parameters are tried first, as the router's order has it. */
function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, "[^/]+")}/?$`);
}

function resolve(
  document: Described,
  answer: Operation["responses"][string],
): Operation["responses"][string] {
  const name = (answer as { $ref?: string }).$ref?.split("/").at(-1);
  return name ? (document.components.responses[name] as Operation["responses"][string]) : answer;
}

function explain(errors: OutputUnit[], body: unknown): string {
  const lines = errors.slice(-6).map((error) => `  ${error.instanceLocation} ${error.error}`);
  return [...lines, `  body: ${JSON.stringify(body).slice(0, 1500)}`].join("\n");
}
