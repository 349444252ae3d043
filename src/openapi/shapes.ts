import * as z from "zod";

/** JSON Schema 2020-12 as OpenAPI 3.1 embeds it. */
export type JsonSchema = { [keyword: string]: unknown };

/** What every answer's `meta` holds. */
export const metaFields: Record<string, JsonSchema> = {
  timestamp: { type: "string", format: "date-time" },
  requestId: { type: "string" },
};

type Direction = "input" | "output";

/** Turns Zod shapes into JSON Schema and gathers the named ones, each once. */
export class Shapes {
  readonly named: Record<string, JsonSchema> = {};

  /** `strict` keeps what only a test wants: closed objects, and the patterns behind formats. */
  private readonly strict: boolean;

  constructor(strict: boolean) {
    this.strict = strict;
  }

  /** The shape's schema; a shape with `.meta({ id })` becomes a reference to its component. */
  of(shape: z.ZodType, direction: Direction): JsonSchema {
    const {
      $schema: _draft,
      $defs = {},
      ...schema
    } = z.toJSONSchema(shape, {
      io: direction,
      unrepresentable: "any",
      override: ({ jsonSchema }) => this.tidy(jsonSchema as JsonSchema),
    }) as JsonSchema & { $defs?: Record<string, JsonSchema> };
    const names = new Map<string, string>();
    for (const [name, definition] of Object.entries($defs))
      names.set(name, this.nameFor(name, definition, direction));
    for (const [name, definition] of Object.entries($defs))
      this.named[names.get(name) ?? name] = refer(definition, names);
    return refer(schema, names);
  }

  /** An object that has all of these fields, and where a test wants to know, no other. */
  object(properties: Record<string, JsonSchema>, optional: string[] = []): JsonSchema {
    const required = Object.keys(properties).filter((name) => !optional.includes(name));
    return {
      type: "object",
      properties,
      required,
      ...(this.strict ? { additionalProperties: false } : {}),
    };
  }

  add(name: string, schema: JsonSchema): JsonSchema {
    this.named[name] = schema;
    return { $ref: `#/components/schemas/${name}` };
  }

  /** A name whose component is this very definition, or is still free. */
  private nameFor(name: string, definition: JsonSchema, direction: Direction): string {
    const wished = name.startsWith("__schema") ? "Json" : name;
    const own = refer(definition, new Map([[name, wished]]));
    const known = this.named[wished];
    if (!known || JSON.stringify(known) === JSON.stringify(own)) return wished;
    return direction === "input" ? `${wished}Input` : wished;
  }

  private tidy(schema: JsonSchema): void {
    if (JSON.stringify(schema["propertyNames"]) === '{"type":"string"}') delete schema["propertyNames"];
    if (schema["maximum"] === Number.MAX_SAFE_INTEGER) delete schema["maximum"];
    if (schema["minimum"] === Number.MIN_SAFE_INTEGER) delete schema["minimum"];
    const { example } = schema;
    delete schema["example"];
    if (this.strict) return;
    if (example !== undefined) schema["examples"] = [example];
    if (schema["format"] !== undefined) delete schema["pattern"];
    if (schema["additionalProperties"] === false) delete schema["additionalProperties"];
  }
}

function refer(schema: JsonSchema, names: Map<string, string>): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (key: string, value: unknown) => {
    if (key !== "$ref" || typeof value !== "string") return value;
    const name = value.replace("#/$defs/", "");
    return `#/components/schemas/${names.get(name) ?? name}`;
  }) as JsonSchema;
}
