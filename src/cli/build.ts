import { buildWeb } from "./build-web.ts";
import { buildOpenApi } from "./openapi.ts";

// What wrangler runs before it bundles the Worker: everything that is served as a file.
await Promise.all([buildWeb("dist/web"), buildOpenApi()]);
