import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type {} from "../../src/web/widget/page-api.ts";
import { builtWeb, launchBrowser, watchPage, widgetOn } from "./browser.ts";
import { FakeChatServer } from "./fake-chat-server.ts";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

let browser: Browser;
let server: FakeChatServer;
let context: BrowserContext | undefined;
let problems: string[];

beforeAll(async () => {
  server = new FakeChatServer(await builtWeb());
  await server.start();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});
beforeEach(() => server.reset());
afterEach(async () => {
  await context?.close();
  if (problems.length > 0) throw new Error(problems.join("\n"));
});

async function visit(options: BrowserContextOptions = {}): Promise<Page> {
  context = await browser.newContext(options);
  const page = await context.newPage();
  problems = await watchPage(page);
  await page.goto(server.pageUrl);
  return page;
}

/** A panel with one of everything in it: offers, a form with complaints, an agent, a refusal, a notice. */
async function aFullPanel(page: Page) {
  const widget = widgetOn(page);
  await widget.launcher.click();
  for (const text of ["I want a tour", "take my details", "see https://maple.example/plans"]) {
    await widget.say(text);
    await widget.message(`About “${text}”`).waitFor();
  }
  server.room.say("bot", "These are free.", {
    payload: { kind: "slots", slots: [{ starts_at: "2026-11-24T15:00:00Z", label: "Tue 9 AM" }] },
  });
  await page.getByRole("button", { name: "Tue 9 AM" }).waitFor();
  await page.getByRole("button", { name: "Send details" }).click();
  server.room.say("agent", "Dana here.", { author_name: "Dana" });
  server.room.say("system", "Dana joined.");
  server.room.faults.refuseWith = "VALIDATION_ERROR";
  await widget.say("refused");
  await page.getByText("Not sent").waitFor();
  server.room.broadcast({ type: "typing", role: "agent", name: "Dana" });
  await page.getByText("Dana is typing").waitFor({ state: "attached" });
  return widget;
}

/** Runs axe, whose own script the page's strict policy would keep out, in a world the policy does not reach. */
async function violations(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId: contextId } = await session.send("Page.createIsolatedWorld", {
    frameId: frameTree.frame.id,
  });
  await session.send("Runtime.evaluate", { expression: await readFile(axe, "utf8"), contextId });
  const { result } = await session.send("Runtime.evaluate", {
    expression: "axe.run().then((results) => JSON.stringify(results))",
    contextId,
    awaitPromise: true,
    returnByValue: true,
  });
  const results = JSON.parse(String(result.value)) as AxeResults;
  expect(results.passes.length).toBeGreaterThan(10);
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
}

const focused = (page: Page) =>
  page.evaluate(() => {
    const inside = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;
    return inside?.getAttribute("aria-label") ?? inside?.textContent ?? null;
  });

describe("axe finds nothing wrong", () => {
  it.each([
    ["in the light", { colorScheme: "light" as const }, "#1f5e52"],
    ["in the dark", { colorScheme: "dark" as const }, "#1f5e52"],
    ["with a pale theme", { colorScheme: "light" as const }, "#ffe14d"],
    ["with a mid-grey theme in the dark", { colorScheme: "dark" as const }, "#767676"],
    ["on a small phone", { viewport: { width: 320, height: 568 } }, "#c2185b"],
  ])("%s", async (_name, options, theme_color) => {
    server.chatbot = { theme_color };
    // Contrast is judged on the page at rest, not in the middle of its entrance.
    const page = await visit({ ...options, reducedMotion: "reduce" });
    await widgetOn(page).launcher.waitFor();
    expect(await violations(page)).toEqual([]);
    await aFullPanel(page);
    expect(await violations(page)).toEqual([]);
  });
});

describe("with the keyboard alone", () => {
  it("a visitor opens, asks, picks a time and closes, and is back where they were", async () => {
    const page = await visit();
    const widget = widgetOn(page);
    await widget.launcher.waitFor();
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("Before");
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("Open chat");
    await page.keyboard.press("Enter");
    expect(await focused(page)).toBe("Write a message");
    await page.keyboard.type("a tour please");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Tue, Nov 24, 9:00 AM" }).waitFor();
    await page.keyboard.press("Shift+Tab");
    expect(await focused(page)).toBe("Show more times");
    await page.keyboard.press("Enter");
    expect(await focused(page)).toBe("Tue, Nov 24, 3:00 PM");
    await page.keyboard.press("Space");
    await vi.waitFor(() =>
      expect(server.room.visitorTexts).toEqual(["a tour please", "Tue, Nov 24, 3:00 PM"]),
    );
    expect(await focused(page)).toBe("Write a message");
    await page.keyboard.press("Escape");
    expect(await widget.panel.count()).toBe(0);
    expect(await focused(page)).toBe("Open chat");
  });

  it("Shift+Enter breaks the line and Enter sends it", async () => {
    const page = await visit();
    await widgetOn(page).launcher.press("Enter");
    await page.keyboard.type("one");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("two");
    await page.keyboard.press("Enter");
    await vi.waitFor(() => expect(server.room.visitorTexts).toEqual(["one\ntwo"]));
  });

  it("keys pressed in the chat do not reach the page's own shortcuts", async () => {
    const page = await visit();
    await page.evaluate(() => document.addEventListener("keydown", () => (document.title = "shortcut")));
    await widgetOn(page).launcher.click();
    await page.keyboard.type("hello");
    expect(await page.title()).toBe("A landlord");
  });

  it("focus goes back to the page's own button that opened the chat", async () => {
    const page = await visit();
    await widgetOn(page).launcher.waitFor();
    await page.evaluate(() =>
      document.querySelector("#before")?.addEventListener("click", () => window.DomIQ?.open()),
    );
    await page.getByRole("button", { name: "Before" }).press("Enter");
    expect(await focused(page)).toBe("Write a message");
    await page.keyboard.press("Escape");
    expect(await focused(page)).toBe("Before");
  });
});

describe("the contact form", () => {
  it("shows what is missing and what the server refuses at the fields, then thanks", async () => {
    const page = await visit();
    const widget = widgetOn(page);
    await widget.launcher.click();
    await widget.say("take my details");
    await page.getByRole("button", { name: "Send details" }).click();
    expect(await focused(page)).toBe("");
    await expectDescribed(page, "First name", "Please fill this in.");
    await page.getByLabel("First name").fill("Ana");
    await page.getByLabel("Last name").fill("Diaz");
    await page.getByLabel("E-mail").fill("nonsense");
    await page.getByRole("button", { name: "Send details" }).click();
    await expectDescribed(page, "E-mail", "is not an e-mail address");
    await page.getByLabel("E-mail").fill("ana@diaz.example");
    await page.getByLabel("E-mail").press("Enter");
    await page.getByText("Thank you – we have your details.").waitFor();
    expect(server.callsTo("/qualify").at(-1)?.body).toEqual({
      first_name: "Ana",
      last_name: "Diaz",
      email: "ana@diaz.example",
    });
    await page.reload();
    await page.getByText("Thank you – we have your details.").waitFor();
    expect(await page.getByLabel("First name").count()).toBe(0);
  });
});

async function expectDescribed(page: Page, label: string, problem: string) {
  const field = page.getByLabel(label);
  await page.getByText(problem).first().waitFor();
  expect(await field.getAttribute("aria-invalid")).toBe("true");
  const id = await field.getAttribute("aria-describedby");
  expect(await page.locator(`[id="${id}"]`).textContent()).toBe(problem);
}

describe("a person", () => {
  it("is offered up front, before anything is written, and answers in the same place", async () => {
    const page = await visit();
    const widget = widgetOn(page);
    await widget.launcher.click();
    await widget.panel.getByText("You’re chatting with an AI assistant.").waitFor();
    await widget.panel.getByRole("button", { name: "Talk to a person" }).click();
    await vi.waitFor(() => expect(server.callsTo("/handoff")).toHaveLength(1));
    await widget.panel.getByText("A person has been asked to join.").waitFor();
    server.room.broadcast({ type: "speaker", speaker: "human", name: "Dana" });
    await widget.panel.getByText("You’re chatting with Dana from our team.").waitFor();
    expect(await widget.panel.getByRole("button", { name: "Talk to a person" }).count()).toBe(0);
  });
});

describe("on small and enlarged screens", () => {
  it.each([
    ["a phone of 320 px", { width: 320, height: 568 }],
    ["a desktop zoomed to 200 %", { width: 640, height: 400 }],
    ["a desktop zoomed to 400 %", { width: 320, height: 256 }],
  ])("everything is reachable without sideways scrolling on %s", async (_name, viewport) => {
    const page = await visit({ viewport });
    const widget = await aFullPanel(page);
    const overflow = await widget.panel.evaluate(
      (panel) =>
        [panel, ...panel.querySelectorAll<HTMLElement>("*")].filter(
          (each) => each.getBoundingClientRect().right > innerWidth + 1 && !each.matches(".aside"),
        ).length,
    );
    expect(overflow).toBe(0);
    for (const name of ["Close chat", "Send"]) {
      const control = widget.panel.getByRole("button", { name, exact: true });
      await control.scrollIntoViewIfNeeded();
      await control.click({ trial: true });
    }
  });
});

describe("the page's handle", () => {
  it("opens, closes, toggles, tells of readiness even late, and of news", async () => {
    const page = await visit();
    const widget = widgetOn(page);
    await widget.launcher.waitFor();
    const property = await page.evaluate(
      () => new Promise((resolve) => window.DomIQ?.on("ready", (detail) => resolve(detail.property.name))),
    );
    expect(property).toBe("Maple Court");
    await page.evaluate(() =>
      window.DomIQ?.on("message", ({ role, text }) => (document.title += `|${role}:${text}`)),
    );
    await page.evaluate(() => window.DomIQ?.open());
    await widget.say("hello");
    await widget.message("About “hello”").waitFor();
    expect(await page.title()).toBe("A landlord|visitor:hello|bot:About “hello”: gladly.");
    await page.evaluate(() => window.DomIQ?.toggle());
    expect(await widget.panel.count()).toBe(0);
  });

  it("opens by itself where the property wants it, without taking the focus, and not again once closed", async () => {
    server.chatbot = { auto_open: true };
    const page = await visit();
    const widget = widgetOn(page);
    await widget.panel.waitFor();
    expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
    await widget.panel.getByRole("button", { name: "Close chat" }).click();
    await page.reload();
    await widget.launcher.waitFor();
    expect(await widget.panel.count()).toBe(0);
  });

  it("shows nothing where the property has switched the chat off", async () => {
    server.chatbot = { is_active: false };
    const page = await visit();
    await vi.waitFor(() => expect(server.callsTo("/session")).toHaveLength(1));
    await page.waitForFunction(() => window.DomIQ !== undefined);
    expect(await widgetOn(page).launcher.count()).toBe(0);
  });

  it("sits on the side the script tag asks for", async () => {
    server.tagAttributes = 'data-position="bottom-left"';
    const page = await visit();
    const box = await widgetOn(page).launcher.boundingBox();
    expect(box?.x).toBeLessThan(40);
  });
});

it("moves nothing for those who asked for less motion", async () => {
  const page = await visit({ reducedMotion: "reduce" });
  const widget = widgetOn(page);
  await widget.launcher.click();
  const moving = await widget.panel.evaluate((panel) => panel.getAnimations({ subtree: true }).length);
  expect(moving).toBe(0);
});
