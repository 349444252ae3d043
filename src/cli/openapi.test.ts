import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, it } from "vitest";
import { makeOpenApi } from "./openapi.ts";

it("publishes a valid OpenAPI 3.1 document whose references all resolve", async () => {
  const document = JSON.parse(await makeOpenApi()) as Record<string, unknown>;
  const validator = new Validator();
  const result = await validator.validate(document);
  expect(result.errors ?? []).toEqual([]);
  expect(validator.version).toBe("3.1");
  const named = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
    ([, pointer = ""]) => pointer,
  );
  expect(named.filter((pointer) => at(document, pointer) === undefined)).toEqual([]);
}, 60_000);

function at(document: object, pointer: string): unknown {
  return pointer
    .split("/")
    .reduce<unknown>((value, step) => (value as Record<string, unknown>)?.[step], document);
}
