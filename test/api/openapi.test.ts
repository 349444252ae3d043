import { dereference, type Schema, validate } from "@cfworker/json-schema";
import { describe, expect, it } from "vitest";
import { createApp } from "../../src/app.ts";
import { describeApi } from "../../src/openapi/document.ts";
import { exampleOf } from "../../src/openapi/operation.ts";
import { isSocket, readRoutes } from "../../src/openapi/read-routes.ts";
import { anonymous } from "../support/api.ts";
import { isPublic } from "../support/public-routes.ts";

type Shown = { place: string; schema: Schema; example: unknown };

/** Every example in the document, with the schema it stands beside. */
function shownIn(node: unknown, place: string): Shown[] {
  if (typeof node !== "object" || node === null) return [];
  const { schema, example, examples } = node as { schema?: Schema; example?: unknown; examples?: unknown };
  const whole = schema && example !== undefined ? [{ place, schema, example }] : [];
  const own = Array.isArray(examples)
    ? examples.map((shown: unknown) => ({ place, schema: node as Schema, example: shown }))
    : [];
  const inside = Object.entries(node).flatMap(([name, value]) =>
    name === "example" || name === "examples" ? [] : shownIn(value, `${place}/${name}`),
  );
  return [...whole, ...own, ...inside];
}

const routes = readRoutes(createApp().routes).map((route) => ({
  ...route,
  name: `${route.method} ${route.path}`,
}));

describe("GET /api/openapi.json", () => {
  it("serves the document of exactly the routes that are mounted", async () => {
    const { status, body } = await anonymous().get("/api/openapi.json");
    expect(status).toBe(200);
    expect(body).toEqual(JSON.parse(JSON.stringify(describeApi(createApp().routes))));
  });
});

describe("GET /api/docs", () => {
  it("leads to the page of the document", async () => {
    const response = await anonymous().fetch("/api/docs", { redirect: "manual" });
    expect([response.status, response.headers.get("location")]).toEqual([302, "/docs/"]);
  });
});

describe("every route", () => {
  it.each(routes)(
    "$name says what it does, what it answers and who may call it",
    ({ method, path, signedIn, note }) => {
      expect(note.summary).toBeTruthy();
      const answersNoJson = note.status === 302 || note.media !== undefined || isSocket(path);
      expect(answersNoJson || note.answer !== undefined).toBe(true);
      expect(signedIn).toBe(!isPublic(method, path));
    },
  );

  it.each(routes.filter(({ inputs }) => inputs.some(({ target }) => target === "json")))(
    "$name shows an example body that its own shape accepts",
    ({ inputs }) => {
      const { schema } = inputs.find(({ target }) => target === "json")!;
      const example = exampleOf(schema);
      expect(example).toBeDefined();
      expect(schema.safeParse(example).error?.issues ?? []).toEqual([]);
    },
  );

  it("shows no example that its own schema refuses", () => {
    const document = JSON.parse(JSON.stringify(describeApi(createApp().routes))) as Schema;
    const lookup = dereference(document);
    const shown = shownIn(document, "#");
    expect(shown.length).toBeGreaterThan(100);
    const wrong = shown.flatMap(({ place, schema, example }) =>
      validate(example, schema, "2020-12", lookup).valid ? [] : [`${place}: ${JSON.stringify(example)}`],
    );
    expect(wrong).toEqual([]);
  });

  it("has an operation id of its own", () => {
    const ids = Object.values(describeApi(createApp().routes).paths)
      .flatMap((operations) => Object.values(operations))
      .map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
