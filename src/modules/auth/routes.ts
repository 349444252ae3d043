import type { Context as HonoContext } from "hono";
import { configOf } from "../../core/config.ts";
import { AppError } from "../../core/errors.ts";
import { type BaseEnv, doc, ok, valid } from "../../core/http.ts";
import { policies } from "../../core/policies.ts";
import { addressOf, takeFrom } from "../../core/rate-limits.ts";
import { publicRoutes, signedIn } from "../../core/routers.ts";
import { databaseOf } from "./door.ts";
import { presentAccount } from "./present.ts";
import { Account, LoggedOut, Login, RefreshToken, Tokens } from "./schemas.ts";
import { type Door, login, logout, refresh } from "./sessions.ts";

export const authRoutes = publicRoutes();

authRoutes.post("/login", doc("Sign in", Tokens), valid("json", Login), async (c) => {
  const { email, password } = c.req.valid("json");
  await takeFrom(c, policies.auth, `${addressOf(c)}:${email}`);
  return ok(c, await login(doorOf(c), email, password));
});

authRoutes.post(
  "/refresh",
  doc("Trade a refresh token for new tokens", Tokens),
  valid("json", RefreshToken),
  async (c) => ok(c, await refresh(doorOf(c), c.req.valid("json").refresh_token)),
);

authRoutes.post("/logout", doc("End the session", LoggedOut), valid("json", RefreshToken), async (c) => {
  await logout(doorOf(c), c.req.valid("json").refresh_token);
  return ok(c, { logged_out: true });
});

authRoutes.get("/verify", signedIn, doc("Who this token belongs to", Account), (c) => {
  const { actor, companyId } = c.var.ctx;
  if (actor.kind !== "staff") throw new AppError("INVALID_TOKEN", "This is not a staff token");
  return ok(c, presentAccount(actor, companyId));
});

function doorOf(c: HonoContext<BaseEnv>): Door {
  return {
    env: c.env,
    config: configOf(c.env),
    db: databaseOf(c.env),
    now: Date.now(),
    userAgent: c.req.header("user-agent") ?? null,
  };
}
