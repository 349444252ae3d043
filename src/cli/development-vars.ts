import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";

/** The variables of `.dev.vars.example`: what local runs and tests use in place of production's secrets. */
export function developmentVars(): Record<string, string> {
  return parseEnv(readFileSync(".dev.vars.example", "utf8")) as Record<string, string>;
}
