import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { builtWeb, launchBrowser, watchPage, widgetOn } from "./browser.ts";
import { FakeChatServer } from "./fake-chat-server.ts";

let browser: Browser;
let server: FakeChatServer;
let context: BrowserContext;
let page: Page;
let problems: string[];
let strangers: string[];

beforeAll(async () => {
  server = new FakeChatServer(await builtWeb());
  await server.start();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});
beforeEach(async () => {
  server.reset();
  server.demo = aDemo();
  server.openapi = aDocument();
  context = await browser.newContext();
  page = await context.newPage();
  problems = await watchPage(page);
  strangers = [];
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== server.apiUrl) strangers.push(request.url());
  });
});
afterEach(() => context.close());

function aDemo() {
  const property = (id: string, name: string, more: object = {}) => ({
    id,
    name,
    time_zone: "America/Chicago",
    chatbot_id: `bot-${id}`,
    embed_key: `pk_${id}`,
    ...more,
  });
  const plan = { bathrooms: 1, square_feet: 540, available_count: 2 };
  const floor_plans = [
    { ...plan, name: "A1 Aspen", bedrooms: 0, rent_from: 1180 },
    { ...plan, name: "B2 Birch", bedrooms: 2, bathrooms: 1.5, square_feet: 980, rent_from: 1840 },
  ];
  const place = { address: "12 Maple St", city: "Austin", state: "TX", amenities: ["Pool"], floor_plans };
  return {
    password: "secret-words",
    sandbox_url: "http://localhost:9999/",
    companies: [
      {
        id: "c1",
        name: "Maple Residential",
        accounts: [{ id: "a1", email: "admin@maple.test", role: "company_admin" }],
        properties: [property("p1", "Maple Court", place)],
      },
      { id: "c2", name: "Cedar Living", accounts: [], properties: [property("p2", "Cedar Hill")] },
    ],
  };
}

function aDocument() {
  return {
    openapi: "3.1.0",
    info: { title: "DomIQ Edge", version: "1" },
    tags: [{ name: "faqs" }],
    paths: {
      "/api/faqs": {
        post: {
          tags: ["faqs"],
          summary: "Create a FAQ",
          requestBody: {
            content: {
              "application/json": {
                schema: { type: "object", properties: { question: { type: "string" } } },
              },
            },
          },
          responses: { "200": { description: "The FAQ" } },
        },
      },
    },
  };
}

describe("the property page", () => {
  it("shows the chosen property with its floor plans, prices and logins", async () => {
    await page.goto(`${server.apiUrl}/demo`);
    await page.getByRole("heading", { name: "Maple Court", level: 1 }).waitFor();
    const plan = page.getByRole("listitem").filter({ hasText: "B2 Birch" });
    expect(await plan.textContent()).toContain("2 bed · 1.5 bath · 980 sq ft");
    expect(await plan.textContent()).toContain("$1,840 a month");
    expect(await page.getByText("admin@maple.test").count()).toBe(1);
    expect(await page.getByRole("link", { name: "sandbox" }).getAttribute("href")).toBe(
      "http://localhost:9999/",
    );
  });

  it("changes to another company's property by the picker, and its widget takes that key", async () => {
    await page.goto(`${server.apiUrl}/demo`);
    await page.getByLabel("Property", { exact: true }).selectOption("Cedar Hill");
    await page.waitForURL("**/demo?property=p2");
    await page.getByRole("heading", { name: "Cedar Hill", level: 1 }).waitFor();
    await widgetOn(page).launcher.waitFor();
    expect(server.callsTo("/session").at(-1)?.body).toMatchObject({ embed_key: "pk_p2" });
  });

  it("opens the chat from its own buttons, and chats under its own policy", async () => {
    await page.goto(`${server.apiUrl}/demo`);
    const widget = widgetOn(page);
    await widget.launcher.waitFor();
    await page.getByRole("button", { name: "Book a tour" }).click();
    await widget.say("a tour");
    await widget.message("About “a tour”").waitFor();
    expect(server.room.visitorTexts).toEqual(["a tour"]);
  });

  it("says so where the server has no demonstration", async () => {
    server.demo = null;
    await page.goto(`${server.apiUrl}/demo`);
    await page.getByText("No demonstration data here").waitFor();
    expect(await widgetOn(page).launcher.count()).toBe(0);
  });
});

async function unfoldAnEndpoint() {
  await page.getByRole("heading", { name: "faqs" }).click();
  await page.getByText("Create a FAQ").click();
  await page.getByRole("button", { name: "Try it out" }).click();
}

describe("the API page", () => {
  it("lists the document's endpoints, unfolds one and offers to try it", async () => {
    await page.goto(`${server.apiUrl}/docs/`);
    await unfoldAnEndpoint();
    await page.getByRole("button", { name: "Execute" }).waitFor();
    expect(await page.getByText("/api/faqs").count()).toBeGreaterThan(0);
  });
});

it("the start page leads to the property page, the API page and the health report", async () => {
  await page.goto(`${server.apiUrl}/`);
  const goals = await page
    .getByRole("link")
    .evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  expect(goals).toEqual(["/demo", "/docs/", "/api/health"]);
});

it.each(["/", "/demo", "/docs/", "/reset-password"])(
  "%s asks nothing of other servers and breaks no policy",
  async (path) => {
    await page.goto(server.apiUrl + path, { waitUntil: "networkidle" });
    if (path === "/docs/") await unfoldAnEndpoint();
    const response = await page.request.get(server.apiUrl + path);
    expect(response.headers()["content-security-policy"]).toMatch(/^default-src 'none'/);
    expect([problems, strangers]).toEqual([[], []]);
  },
);
