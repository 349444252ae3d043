import { keyPrefix } from "../../core/sign-in-with-key.ts";
import { randomToken, sha256Hex } from "../../core/tokens.ts";

/** A new key with what is kept of it. */
export async function makeKey(): Promise<{ key: string; hash: string; lastFour: string }> {
  const key = randomToken(keyPrefix);
  return { key, hash: await sha256Hex(key), lastFour: key.slice(-4) };
}
