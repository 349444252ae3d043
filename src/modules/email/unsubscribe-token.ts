import { jwtVerify, SignJWT } from "jose";
import type { Config } from "../../core/config.ts";
import { keyIdOf } from "../../core/tokens.ts";

export type UnsubscribeClaims = { companyId: string; mailId: string };

const issuer = "domiq-edge";
const audience = "unsubscribe";

/** The address of the link that ends campaign mail for whoever got this mail. It does not run out. */
export async function unsubscribeUrl(
  config: Config,
  { companyId, mailId }: UnsubscribeClaims,
): Promise<string> {
  const token = await new SignJWT({ cid: companyId })
    .setProtectedHeader({ alg: "HS256", kid: await keyIdOf(config.JWT_SECRET) })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(mailId)
    .sign(bytesOf(config.JWT_SECRET));
  return `${new URL(config.APP_ORIGIN).origin}/api/email/unsubscribe/${token}`;
}

/** Null for a token that we did not make. */
export async function readUnsubscribeToken(config: Config, token: string): Promise<UnsubscribeClaims | null> {
  try {
    const { payload } = await jwtVerify(token, ({ kid }) => keyFor(config, kid), {
      algorithms: ["HS256"],
      issuer,
      audience,
    });
    const { sub, cid } = payload;
    return sub && typeof cid === "string" ? { companyId: cid, mailId: sub } : null;
  } catch {
    return null;
  }
}

async function keyFor(config: Config, kid: string | undefined): Promise<Uint8Array> {
  for (const secret of [config.JWT_SECRET, config.JWT_SECRET_PREVIOUS]) {
    if (secret && (await keyIdOf(secret)) === kid) return bytesOf(secret);
  }
  throw new Error("unknown key id");
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
