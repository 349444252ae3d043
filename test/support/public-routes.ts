/** The few routes that nobody has to sign in for: they check a signature, a password or a key themselves. */
const open = [
  "GET /api/health",
  "GET /api/health/:part",
  "POST /api/auth/login",
  "POST /api/auth/refresh",
  "POST /api/auth/logout",
  "POST /api/auth/forgot-password",
  "POST /api/auth/reset-password",
  "GET /api/email/unsubscribe/:token",
  "POST /api/email/unsubscribe/:token",
  "POST /api/email/webhooks/sendgrid/:companyId",
  "GET /api/openapi.json",
  "GET /api/docs",
  "POST /api/users/browser/:browserId/session",
  "POST /api/resman/webhooks/:kind",
];

const patterns = open.map((route) => new RegExp(`^${route.replaceAll(/:\w+/g, "[^/]+")}$`));

/** `/api/test/*` exists in development only and is open there. */
export function isPublic(method: string, path: string): boolean {
  return path.startsWith("/api/test/") || patterns.some((pattern) => pattern.test(`${method} ${path}`));
}
