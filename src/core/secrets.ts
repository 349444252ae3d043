import type { Config } from "./config.ts";
import { keyIdOf } from "./tokens.ts";

export type Sealed = { keyId: string; ciphertext: string };

/**
 * Encrypts a vendor's secret with AES-256-GCM under a key derived (HKDF-SHA256) from SECRETS_KEY. `owner`
 * (company and name) is authenticated with it, so that a ciphertext copied to another row does not open.
 */
export async function seal(config: Config, owner: string, secret: string): Promise<Sealed> {
  const key = await deriveKey(config.SECRETS_KEY);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const body = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: bytes(owner) },
    key,
    bytes(secret),
  );
  return {
    keyId: await keyIdOf(config.SECRETS_KEY),
    ciphertext: `${base64(iv)}.${base64(new Uint8Array(body))}`,
  };
}

/** Opens what `seal` made with the current or the previous key. Throws when neither fits. */
export async function unseal(config: Config, owner: string, sealed: Sealed): Promise<string> {
  for (const secret of [config.SECRETS_KEY, config.SECRETS_KEY_PREVIOUS]) {
    if (!secret || (await keyIdOf(secret)) !== sealed.keyId) continue;
    const [iv = "", body = ""] = sealed.ciphertext.split(".");
    const plain = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: unbase64(iv), additionalData: bytes(owner) },
      await deriveKey(secret),
      unbase64(body),
    );
    return new TextDecoder().decode(plain);
  }
  throw new Error(`no key ${sealed.keyId} to open a secret with`);
}

async function deriveKey(secret: string): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey("raw", bytes(secret), "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: bytes("company secrets") },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

const bytes = (text: string) => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
const base64 = (data: Uint8Array) => btoa(String.fromCharCode(...data));
const unbase64 = (text: string) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
