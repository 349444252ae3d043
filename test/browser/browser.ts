import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sparticuz from "@sparticuz/chromium";
import { chromium, type Browser, type Locator, type Page } from "playwright-core";
import { buildWeb } from "../../src/cli/build-web.ts";

/** A headless Chromium with web security as visitors have it: the sandbox of its package is all that is off. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await sparticuz.executablePath(), args: ["--no-sandbox"] });
}

/** Everything a browser gets, built into a folder of its own. */
export async function builtWeb(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "domiq-web-"));
  await buildWeb(dir);
  return dir;
}

/** What the page's policy forbade, and what went wrong in scripts, since `watchPage` was called. */
export async function watchPage(page: Page): Promise<string[]> {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  await page.exposeFunction("reportViolation", (problem: string) => problems.push(problem));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      const report = (window as unknown as { reportViolation: (problem: string) => void }).reportViolation;
      report(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
    });
  });
  return problems;
}

/** The widget as a visitor finds it, by roles and names. */
export function widgetOn(page: Page) {
  const panel = page.getByRole("dialog");
  const field = panel.getByRole("textbox", { name: "Write a message" });
  return {
    panel,
    field,
    launcher: page.getByRole("button", { name: /^Open chat/ }),
    log: panel.getByRole("log"),
    async say(text: string) {
      await field.fill(text);
      await field.press("Enter");
    },
    /** The texts of the conversation as drawn, in order. */
    texts: (): Promise<string[]> => panel.locator(".text").allTextContents(),
    message: (text: string): Locator => panel.locator(".text", { hasText: text }),
  };
}
