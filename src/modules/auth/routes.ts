import type { Context as HonoContext } from "hono";
import { configOf } from "../../core/config.ts";
import { AppError } from "../../core/errors.ts";
import { Archived, iso } from "../../core/fields.ts";
import { type BaseEnv, doc, ok, okPage, valid } from "../../core/http.ts";
import { policies } from "../../core/policies.ts";
import { addressOf, takeFrom } from "../../core/rate-limits.ts";
import { parts, publicRoutes, signedIn } from "../../core/routers.ts";
import { changePassword } from "./change-password.ts";
import { databaseOf } from "./door.ts";
import { forgotPassword, type Stranger } from "./forgot-password.ts";
import { ownAccount } from "./own-account.ts";
import { endOwnSession, listOwnSessions } from "./own-sessions.ts";
import { presentAccount, presentOwnSession } from "./present.ts";
import { resetPassword } from "./reset-password.ts";
import * as shape from "./schemas.ts";
import { type Door, login, logout, refresh } from "./sessions.ts";

export const authRoutes = publicRoutes();

authRoutes.post("/login", doc("Sign in", shape.Tokens), valid("json", shape.Login), async (c) => {
  const { email, password } = c.req.valid("json");
  await takeFrom(c, policies.auth, `${addressOf(c)}:${email}`);
  return ok(c, await login(doorOf(c), email, password));
});

authRoutes.post(
  "/refresh",
  doc("Trade a refresh token for new tokens", shape.Tokens),
  valid("json", shape.RefreshToken),
  async (c) => ok(c, await refresh(doorOf(c), c.req.valid("json").refresh_token)),
);

authRoutes.post(
  "/logout",
  doc("End the session", shape.LoggedOut),
  valid("json", shape.RefreshToken),
  async (c) => {
    await logout(doorOf(c), c.req.valid("json").refresh_token);
    return ok(c, { logged_out: true });
  },
);

authRoutes.get("/verify", signedIn, doc("Who this token belongs to", shape.Account), (c) => {
  const { actor, companyId } = c.var.ctx;
  if (actor.kind !== "staff") throw new AppError("INVALID_TOKEN", "This is not a staff token");
  return ok(c, presentAccount(actor, companyId));
});

authRoutes.post(
  "/forgot-password",
  doc("Ask for a link to choose a new password; the answer is the same for every address", shape.LinkAsked),
  valid("json", shape.ForgotPassword),
  async (c) => {
    const { email } = c.req.valid("json");
    await takeFrom(c, policies.auth, `forgot:${addressOf(c)}:${email}`);
    const sent = forgotPassword(strangerOf(c), email);
    c.executionCtx.waitUntil(sent.catch((error: unknown) => c.var.log.error("no link was sent", error)));
    return ok(c, { requested: true });
  },
);

authRoutes.post(
  "/reset-password",
  doc("Choose a password with the link that was mailed; ends every session", shape.PasswordChanged),
  valid("json", shape.ResetPassword),
  async (c) => {
    const { token, password } = c.req.valid("json");
    await takeFrom(c, policies.auth, `reset:${addressOf(c)}`);
    await resetPassword(strangerOf(c), token, password);
    return ok(c, { changed: true });
  },
);

authRoutes.post(
  "/change-password",
  signedIn,
  doc("Change your password; ends your other sessions", shape.PasswordChanged),
  valid("json", shape.ChangePassword),
  async (c) => {
    const { current_password, new_password } = c.req.valid("json");
    await takeFrom(c, policies.auth, `change:${ownAccount(c.var.ctx).account.id}`);
    await changePassword(c.var.ctx, current_password, new_password);
    return ok(c, { changed: true });
  },
);

authRoutes.get(
  "/sessions",
  signedIn,
  doc("List where you are signed in", shape.Session.array()),
  valid("query", shape.SessionQuery),
  async (c) => okPage(c, await listOwnSessions(c.var.ctx, c.req.valid("query")), presentOwnSession),
);

authRoutes.delete(
  "/sessions/:id",
  signedIn,
  doc("End one of your sessions", Archived),
  valid("param", shape.SessionId),
  async (c) => {
    const { id, endedAt } = await endOwnSession(c.var.ctx, c.req.valid("param").id);
    return ok(c, { id, deleted_at: iso(endedAt) });
  },
);

function strangerOf(c: HonoContext<BaseEnv>): Stranger {
  return {
    env: c.env,
    requestId: c.var.requestId,
    log: c.var.log,
    waitUntil: (work) => c.executionCtx.waitUntil(work),
    parts,
  };
}

function doorOf(c: HonoContext<BaseEnv>): Door {
  return {
    env: c.env,
    config: configOf(c.env),
    db: databaseOf(c.env),
    now: Date.now(),
    userAgent: c.req.header("user-agent") ?? null,
  };
}
