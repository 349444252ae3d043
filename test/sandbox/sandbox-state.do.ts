import { DurableObject } from "cloudflare:workers";
import { createSandbox } from "./app.ts";
import { createTables, seedOnce } from "./tables.ts";

export type SandboxEnv = { SANDBOX_STATE: DurableObjectNamespace<SandboxState> };

/** All that the vendors know, in SQLite: it survives a killed process. */
export class SandboxState extends DurableObject<SandboxEnv> {
  private readonly app: ReturnType<typeof createSandbox>;

  constructor(ctx: DurableObjectState, env: SandboxEnv) {
    super(ctx, env);
    createTables(ctx.storage.sql);
    seedOnce(ctx.storage.sql);
    this.app = createSandbox(ctx.storage.sql);
  }

  override async fetch(request: Request): Promise<Response> {
    return this.app.fetch(request);
  }
}
