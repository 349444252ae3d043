import type { Context } from "../../core/context.ts";
import { UpstreamError } from "../../integrations/vendor.ts";
import { GateShut } from "../resman/through-gate.ts";
import { getCompany } from "./queries.ts";
import type { IntegrationTest } from "./schemas.ts";
import { type Finding, type Question, questionFor } from "./vendor-questions.ts";

type Verdict = Finding & { latencyMs: number };
export type IntegrationReport = Verdict & { vendor: IntegrationTest["vendor"]; checkedAt: Date };

/** Asks the vendor a harmless question with the company's settings and says in plain words what came of it. */
export async function testIntegration(
  ctx: Context,
  companyId: string,
  { vendor }: IntegrationTest,
): Promise<IntegrationReport> {
  const { company } = await getCompany(ctx, companyId);
  const question = await questionFor[vendor](ctx, company);
  const verdict = typeof question === "string" ? unasked(question) : await put(ctx, question);
  return { vendor, ...verdict, checkedAt: new Date() };
}

function unasked(why: string): Verdict {
  return { ok: false, message: `Not asked. ${why}.`, latencyMs: 0 };
}

async function put(ctx: Context, { hint, ask }: Question): Promise<Verdict> {
  const startedAt = Date.now();
  const ended = ({ ok, message }: Finding) => ({ ok, message: `${message}.` });
  const answer = await ask().then(ended, (error: unknown) => {
    if (error instanceof GateShut && !error.cause) return unasked(sayShut(error));
    const failure = error instanceof GateShut ? error.cause : error;
    if (!(failure instanceof UpstreamError)) throw error;
    const { vendor, kind, status, detail } = failure;
    ctx.log.warn("integration test failed", { vendor, kind, status, detail });
    return ended({ ok: false, message: sayFailure(failure, hint) });
  });
  return { latencyMs: Date.now() - startedAt, ...answer };
}

function sayShut({ reason, retryAfterMs }: GateShut): string {
  if (reason === "leased") return "Another test is under way";
  const wait = `try again in ${Math.ceil(retryAfterMs / 1000)} seconds`;
  return reason === "open"
    ? `ResMan has not answered of late and is left in peace: ${wait}`
    : `ResMan is busy with the company's other work: ${wait}`;
}

function sayFailure({ vendor, kind, status, publicMessage }: UpstreamError, hint: string): string {
  if (status === 401 || status === 403) return `${vendor} does not accept the key. ${hint}`;
  if (kind === "refused" || status === 404) return `${publicMessage}. ${hint}`;
  if (kind === "network" || kind === "timeout") return `${publicMessage}. Try again later`;
  return status === null ? publicMessage : `${publicMessage} (HTTP ${status})`;
}
