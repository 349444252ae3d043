import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { createApp } from "../../src/app.ts";
import { configOf } from "../../src/core/config.ts";
import { keyIdOf, signStaffToken } from "../../src/core/tokens.ts";
import { withToken } from "../support/api.ts";
import { aCompany, type Account } from "../support/factories.ts";

describe("an access token", () => {
  const secretOf = (text: string) => new TextEncoder().encode(text);
  const now = () => Math.floor(Date.now() / 1000);

  type Forged = { issuer?: string; audience?: string; expiresIn?: number; secret?: string; kid?: string };

  /** A token as we would sign it, but for what is named. */
  async function forge(account: Account, forged: Forged = {}): Promise<string> {
    const secret = forged.secret ?? configOf(env).JWT_SECRET;
    return new SignJWT({ sub: account.id, sid: account.sessionId })
      .setProtectedHeader({ alg: "HS256", kid: forged.kid ?? (await keyIdOf(secret)) })
      .setIssuer(forged.issuer ?? "domiq-edge")
      .setAudience(forged.audience ?? "staff")
      .setIssuedAt(now())
      .setExpirationTime(now() + (forged.expiresIn ?? 900))
      .sign(secretOf(secret));
  }

  const verify = async (token: string) => {
    const { status, body } = await withToken(token).get("/api/auth/verify");
    return [status, body.error?.code];
  };

  it("lets in as we sign it", async () => {
    const { admin } = await aCompany();
    expect(await verify(await forge(admin))).toEqual([200, undefined]);
  });

  it("says that it has expired", async () => {
    const { admin } = await aCompany();
    expect(await verify(await forge(admin, { expiresIn: -1 }))).toEqual([401, "TOKEN_EXPIRED"]);
  });

  it.each<[string, Forged]>([
    ["of another issuer", { issuer: "somebody-else" }],
    ["for another audience", { audience: "billing" }],
    ["for visitors, with staff claims", { audience: "visitor" }],
    ["signed with another secret", { secret: "another-secret-of-more-than-32-characters" }],
    ["signed with another secret under our key's id", { secret: "x".repeat(40), kid: "ours" }],
  ])("%s is refused", async (_what, forged) => {
    const { admin } = await aCompany();
    const kid = forged.kid === "ours" ? { kid: await keyIdOf(configOf(env).JWT_SECRET) } : {};
    expect(await verify(await forge(admin, { ...forged, ...kid }))).toEqual([401, "INVALID_TOKEN"]);
  });

  it("whose claims were changed is refused", async () => {
    const [mine, theirs] = [await aCompany(), await aCompany()];
    const [head, , signature] = (await forge(mine.admin)).split(".");
    const [, claims] = (await forge(theirs.admin)).split(".");
    expect(await verify([head, claims, signature].join("."))).toEqual([401, "INVALID_TOKEN"]);
  });

  it("that says alg none is refused, signed or not", async () => {
    const { admin } = await aCompany();
    const [, claims, signature] = (await forge(admin)).split(".");
    const kid = await keyIdOf(configOf(env).JWT_SECRET);
    const head = btoa(JSON.stringify({ alg: "none", kid })).replaceAll("=", "");
    expect(await verify(`${head}.${claims}.`)).toEqual([401, "INVALID_TOKEN"]);
    expect(await verify(`${head}.${claims}.${signature}`)).toEqual([401, "INVALID_TOKEN"]);
  });

  it("signed with the previous key still lets in, with the one before that no more", async () => {
    const { admin } = await aCompany();
    const rotated = (previous: string) =>
      ({
        ...env,
        JWT_SECRET: "the-new-secret-of-more-than-32-characters",
        JWT_SECRET_PREVIOUS: previous,
      }) as Env;
    const ask = async (bindings: Env) => {
      const token = await signStaffToken(configOf(env), { sub: admin.id, sid: admin.sessionId }, Date.now());
      const request = new Request("https://api.domiq.test/api/auth/verify", {
        headers: { authorization: `Bearer ${token}` },
      });
      return (await createApp().fetch(request, bindings, createExecutionContext())).status;
    };
    expect(await ask(rotated(configOf(env).JWT_SECRET))).toBe(200);
    expect(await ask(rotated("a-former-secret-of-more-than-32-characters"))).toBe(401);
  });
});
