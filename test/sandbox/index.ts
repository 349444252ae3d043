import type { SandboxEnv } from "./sandbox-state.do.ts";

export { SandboxState } from "./sandbox-state.do.ts";

export default {
  /** Everything happens in one object: what a vendor knows is in one place and changes one request at a time. */
  fetch: (request, env) => env.SANDBOX_STATE.getByName("sandbox").fetch(request),
} satisfies ExportedHandler<SandboxEnv>;
