import { copyFile, mkdir, readFile, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, transform, type Plugin } from "esbuild";

const web = join(import.meta.dirname, "../web");
const swagger = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
const target = "es2022";

/** Pages and files that are served as they are written, by their place in the output. */
const copies = {
  _headers: join(web, "_headers"),
  "index.html": join(web, "index.html"),
  "demo.html": join(web, "demo/demo.html"),
  "reset-password.html": join(web, "password/reset-password.html"),
  "docs/index.html": join(web, "docs/docs.html"),
  "docs/swagger-ui.css": join(swagger, "swagger-ui.css"),
  "docs/swagger-ui-bundle.js": join(swagger, "swagger-ui-bundle.js"),
  "docs/swagger-ui-LICENSE.txt": join(swagger, "LICENSE"),
  "docs/swagger-ui-NOTICE.txt": join(swagger, "NOTICE"),
};

const bundles = {
  pages: join(web, "pages.css"),
  "demo/demo": join(web, "demo/demo.css"),
  "demo/demo-page": join(web, "demo/demo.ts"),
  "password/password": join(web, "password/password.css"),
  "password/password-page": join(web, "password/password.ts"),
  "docs/docs": join(web, "docs/docs.css"),
  "docs/docs-page": join(web, "docs/docs.ts"),
};

/** Builds everything a browser gets into `outDir`, which `[assets]` serves, and prints the size of the widget. */
export async function buildWeb(outDir: string): Promise<void> {
  await Promise.all([buildWidget(outDir), buildPages(outDir), copyPages(outDir)]);
  const widget = await readFile(join(outDir, "widget.js"));
  const kib = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
  console.log(`widget.js ${kib(widget.length)}, ${kib(gzipSync(widget, { level: 9 }).length)} gzip`);
}

async function buildWidget(outDir: string) {
  await build({
    entryPoints: [join(web, "widget/widget.ts")],
    outfile: join(outDir, "widget.js"),
    bundle: true,
    format: "iife",
    minify: true,
    target,
    plugins: [styleSheetAsText],
    logLevel: "warning",
  });
}

async function buildPages(outDir: string) {
  await build({
    entryPoints: bundles,
    outdir: outDir,
    bundle: true,
    format: "iife",
    minify: true,
    target,
    logLevel: "warning",
  });
}

async function copyPages(outDir: string) {
  for (const [place, source] of Object.entries(copies)) {
    const goal = join(outDir, place);
    await mkdir(dirname(goal), { recursive: true });
    if (await isOlder(goal, source)) await copyFile(source, goal);
  }
}

/** A file that has not changed is not written again: a running dev server watches the output. */
async function isOlder(goal: string, source: string): Promise<boolean> {
  const [there, here] = await Promise.all([stat(goal).catch(() => null), stat(source)]);
  return there === null || there.size !== here.size || there.mtimeMs < here.mtimeMs;
}

/** `import { css } from "./x.css"`: the sheet as minified text, to be adopted by a shadow root. */
const styleSheetAsText: Plugin = {
  name: "style-sheet-as-text",
  setup(bundler) {
    bundler.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true, target });
      return { contents: `export const css = ${JSON.stringify(code.trim())};`, loader: "js" };
    });
  },
};
