import { parse, v5, v7 } from "uuid";

const namespace = "5d2c1f0e-7b1a-4f0e-9a55-0c6b7f3f2d11";
const madeAt = Date.UTC(2026, 0, 1);

/** The id of a demo record: the same name is the same id in every database, so that loading twice is loading once. */
export function demoId(name: string): string {
  return v7({ msecs: madeAt, seq: 0, random: parse(v5(name, namespace)) });
}
