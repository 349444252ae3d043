import * as z from "zod";
import { letterTypes } from "./compose-letter.ts";
import { isMergeField } from "./merge-fields.ts";

/** One line: what goes into a header ends with it. */
export const headerLine = z
  .string()
  .trim()
  .min(1, "must not be empty")
  .max(200)
  .regex(/^[^\p{Cc}\u2028\u2029]*$/u, "must be one line");

export const subject = headerLine.meta({ example: "A home for you at {{ property_name }}" });

export const content = z
  .string()
  .max(100_000)
  .refine((text) => text.trim() !== "", "must not be empty")
  .meta({ example: "Hi {{ first_name }},\n\nwe have a home for you." });

export const contentType = z
  .enum(letterTypes)
  .describe("Markdown takes plain text too, with its line breaks; HTML loses all that acts");

export const variableName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, "must be a name such as special_offer")
  .refine((name) => !isMergeField(name), "is drawn from the lead and its property");

export const variableValues = z
  .record(variableName, z.string().max(2000))
  .refine((values) => Object.keys(values).length <= 30, "must be at most 30 variables")
  .describe("Values of variables that are not drawn from the lead");

export const RecordId = z.object({ id: z.string() });

export const LetterPreview = z
  .object({ subject: z.string(), text: z.string(), html: z.string() })
  .meta({ id: "LetterPreview" });
