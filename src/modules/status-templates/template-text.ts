import * as z from "zod";
import { unknownVariables, variables } from "./interpolate.ts";

/** Words with variables; one that does not exist is refused when it is written, not when it is sent. */
export function templateText(max: number) {
  return z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(max)
    .superRefine((text, check) => {
      for (const name of unknownVariables(text)) {
        const message = /^[{}]/.test(name)
          ? `has a ${name} too many; variables are written {{lead_name}}`
          : `{{${name}}} is no variable; known are ${variables.join(", ")}`;
        check.addIssue({ code: "custom", message });
      }
    });
}
