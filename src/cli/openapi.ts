import { mkdir, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";

/** Where the Worker's assets are gathered. */
const folder = "dist/web";

/** Writes the API document to `dist/web/openapi.json`. */
export async function buildOpenApi(): Promise<void> {
  const document = await makeOpenApi();
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/openapi.json`, document);
}

/** The API document as JSON, made from the very routes the Worker mounts. */
export async function makeOpenApi(): Promise<string> {
  const bundle = resolve("dist/print-openapi.mjs");
  await build({
    entryPoints: ["src/openapi/print.ts"],
    outfile: bundle,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node22",
    loader: { ".wasm": "empty" },
    // Older packages among the Worker's call require(), which Node's modules do not have by themselves.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    plugins: [outsideWorkerd],
    logLevel: "warning",
  });
  const { printDocument } = (await import(/* @vite-ignore */ pathToFileURL(bundle).href)) as {
    printDocument: () => string;
  };
  return printDocument();
}

/** Describing routes calls nothing of the platform; its modules only have to be there. */
const outsideWorkerd: Plugin = {
  name: "outside-workerd",
  setup(bundler) {
    bundler.onResolve({ filter: /^cloudflare:/ }, ({ path }) => ({ path, namespace: "workerd" }));
    bundler.onLoad({ filter: /.*/, namespace: "workerd" }, () => ({
      contents: "export class DurableObject {} export class WorkerEntrypoint {} export const env = {};",
    }));
  },
};
