import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { developmentVars } from "../src/cli/development-vars.ts";

// Paths are relative to the project's root, from where npm runs the tests.
export default defineConfig(async () => ({
  test: {
    silent: "passed-only" as const,
    projects: [
      { test: { name: "unit", include: ["src/**/*.test.ts"] } },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "wrangler.toml" },
            miniflare: {
              bindings: {
                ...developmentVars(),
                ENVIRONMENT: "test",
                RATE_LIMIT_SCALE: "1000",
                TEST_MIGRATIONS: await readD1Migrations("migrations"),
              },
              outboundService: (request: Request) =>
                new Response(`unexpected outbound call to ${request.url}`, { status: 599 }) as never,
            },
          }),
        ],
        test: {
          name: "worker",
          include: ["test/{api,durable,queues,cron,integrations,core}/**/*.test.ts"],
          setupFiles: ["test/support/apply-migrations.ts"],
          isolate: false,
          testTimeout: 20_000,
          deps: { optimizer: { ssr: { enabled: true, include: ["itty-durable"] } } },
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/{e2e,browser}/**/*.test.ts"],
          pool: "forks",
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
}));
