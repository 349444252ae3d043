type Schema = { type?: string | string[]; properties?: Record<string, unknown>; [word: string]: unknown };
type Parameter = { name?: string; in?: string; required?: boolean };
type Body = { content?: Record<string, { schema?: Schema; example?: unknown }> };

/** As much of an API document as is attacked. */
export type ApiDocument = {
  paths: Record<string, Record<string, { parameters?: Parameter[]; requestBody?: unknown }>>;
};

/** One endpoint: where it is, what it takes, and a body that it likes. */
export type Operation = {
  method: string;
  /** `/api/tours/{id}`. */
  template: string;
  query: string[];
  /** Those of the query that must be there. */
  required: string[];
  example: unknown;
  /** Fields a body may have beyond those of the example. */
  fields: string[];
};

/** Left alone: they move the clock, load data or end the very session that attacks. */
const spared =
  /^(?:POST \/api\/test\/(?:clock|demo)|.* \/api\/auth\/(?:logout|sessions).*|(?:PUT|DELETE|POST) \/api\/accounts.*|DELETE \/api\/companies\/\{id\}|DELETE \/api\/property-managers\/\{id\}.*)$/;

export function operationsOf({ paths }: ApiDocument): Operation[] {
  return Object.entries(paths)
    .flatMap(([template, operations]) =>
      Object.entries(operations).map(([method, operation]): Operation => {
        const json = (operation.requestBody as Body | undefined)?.content?.["application/json"];
        const query = (operation.parameters ?? []).flatMap(({ name, in: place, required }) =>
          place === "query" && name !== undefined ? [{ name, required }] : [],
        );
        return {
          method: method.toUpperCase(),
          template,
          query: query.map(({ name }) => name),
          required: query.flatMap(({ name, required }) => (required ? [name] : [])),
          example: json?.example,
          fields: Object.keys(json?.schema?.properties ?? {}),
        };
      }),
    )
    .filter(({ method, template }) => !spared.test(`${method} ${template}`) && !isSocket(template));
}

function isSocket(template: string): boolean {
  return template.startsWith("/api/ws/") && template.includes("{");
}
