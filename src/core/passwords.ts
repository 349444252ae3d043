import Argon2, { Argon2Type } from "@phi-ag/argon2";
import wasm from "@phi-ag/argon2/argon2.wasm";

// OWASP's argon2id minimum: 19 MiB, 2 passes, 1 lane. Stored in the hash, so that raising it re-hashes at login.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

let engine: Promise<Argon2> | undefined;

function argon2(): Promise<Argon2> {
  engine ??= WebAssembly.instantiate(wasm).then((instance) => new Argon2(instance));
  return engine;
}

export async function hashPassword(password: string): Promise<string> {
  const { encoded } = (await argon2()).hash(password, { type: Argon2Type.Argon2id, ...cost });
  return encoded;
}

export async function passwordMatches(encoded: string, password: string): Promise<boolean> {
  return (await argon2()).tryVerify(encoded, password).success;
}

/** Whether the stored hash was made with other parameters than today's. */
export function needsRehash(encoded: string): boolean {
  return !encoded.startsWith(`$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}$`);
}

// The passwords that head every leaked list and are long enough to pass the length rule.
const common = new Set(
  "password1234 passwordpassword 123456789012 qwertyuiopas qwerty123456 administrator letmeinletmein iloveyou1234 welcome12345 1q2w3e4r5t6y abcdefghijkl 111111111111 000000000000 changeme1234 password12345 123456789abc".split(
    " ",
  ),
);

/** What is wrong with a new password, or null. */
export function passwordProblem(password: string): string | null {
  if (password.length < 12) return "must have at least 12 characters";
  if (password.length > 256) return "must have at most 256 characters";
  if (common.has(password.toLowerCase()) || /^(.)\1+$/.test(password)) return "is too common";
  return null;
}
