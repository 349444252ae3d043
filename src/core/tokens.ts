import { errors, jwtVerify, SignJWT, type JWTPayload } from "jose";
import type { Config } from "./config.ts";
import { AppError } from "./errors.ts";

const issuer = "domiq-edge";
export const staffTokenSeconds = 15 * 60;
export const visitorTokenSeconds = 12 * 60 * 60;

export type StaffClaims = { sub: string; sid: string };
export type VisitorClaims = {
  sub: string;
  companyId: string;
  propertyId: string;
  /** The page's origin the session was opened from; requests must come from it. */
  origin: string | null;
};

export function signStaffToken(config: Config, { sub, sid }: StaffClaims, nowMs: number): Promise<string> {
  return sign(config, "staff", { sub, sid }, nowMs, staffTokenSeconds);
}

export function signVisitorToken(config: Config, claims: VisitorClaims, nowMs: number): Promise<string> {
  const { sub, companyId, propertyId, origin } = claims;
  return sign(
    config,
    "visitor",
    { sub, cid: companyId, pid: propertyId, org: origin },
    nowMs,
    visitorTokenSeconds,
  );
}

async function sign(config: Config, audience: string, claims: JWTPayload, nowMs: number, seconds: number) {
  const now = Math.floor(nowMs / 1000);
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256", kid: await keyIdOf(config.JWT_SECRET) })
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(now)
    .setExpirationTime(now + seconds)
    .sign(bytesOf(config.JWT_SECRET));
}

export type Verified = { kind: "staff"; claims: StaffClaims } | { kind: "visitor"; claims: VisitorClaims };

/** Throws TOKEN_EXPIRED or INVALID_TOKEN. */
export async function verifyToken(config: Config, token: string, nowMs: number): Promise<Verified> {
  const payload = await verify(config, token, nowMs);
  const sub = payload.sub;
  if (payload.aud === "staff" && sub && typeof payload["sid"] === "string")
    return { kind: "staff", claims: { sub, sid: payload["sid"] } };
  const { cid, pid, org } = payload as { cid?: unknown; pid?: unknown; org?: unknown };
  if (payload.aud === "visitor" && sub && typeof cid === "string" && typeof pid === "string") {
    const origin = typeof org === "string" ? org : null;
    return { kind: "visitor", claims: { sub, companyId: cid, propertyId: pid, origin } };
  }
  throw new AppError("INVALID_TOKEN", "The token is not valid");
}

async function verify(config: Config, token: string, nowMs: number): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, ({ kid }) => keyFor(config, kid), {
      algorithms: ["HS256"],
      issuer,
      audience: ["staff", "visitor"],
      currentDate: new Date(nowMs),
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new AppError("TOKEN_EXPIRED", "The token has expired");
    throw new AppError("INVALID_TOKEN", "The token is not valid");
  }
}

/** The current key or the previous one, so that a rotation ends no session. */
async function keyFor(config: Config, kid: string | undefined): Promise<Uint8Array> {
  for (const secret of [config.JWT_SECRET, config.JWT_SECRET_PREVIOUS]) {
    if (secret && (await keyIdOf(secret)) === kid) return bytesOf(secret);
  }
  throw new Error("unknown key id");
}

const keyIds = new Map<string, string>();

/** Names a secret without telling it. */
export async function keyIdOf(secret: string): Promise<string> {
  const known = keyIds.get(secret);
  if (known) return known;
  const id = (await sha256Hex(`key id of ${secret}`)).slice(0, 12);
  keyIds.set(secret, id);
  return id;
}

export async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytesOf(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A random string that names a secret thing: 256 bits, base64url. */
export function randomToken(prefix = ""): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const text = btoa(String.fromCharCode(...bytes));
  return prefix + text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
}
