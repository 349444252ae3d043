import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { listAll } from "../../src/cli/demo/api.ts";
import { startStack, type Stack } from "../support/stack.ts";
import { launchBrowser, watchPage, widgetOn } from "./browser.ts";

let stack: Stack;
let browser: Browser;
let context: BrowserContext;
let problems: string[];

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1100, height: 860 } });
});
afterEach(async () => {
  await context.close();
  if (problems.length > 0) throw new Error(problems.join("\n"));
});

async function visit(propertyId: string): Promise<Page> {
  const page = await context.newPage();
  problems = await watchPage(page);
  await page.goto(`${stack.origin}/demo?property=${propertyId}`);
  return page;
}

/** Where a run's pictures go, for people who want to look; nothing reads them. */
const pictures = process.env["SCREENSHOTS"];

async function picture(page: Page, name: string): Promise<void> {
  if (pictures) await page.screenshot({ path: `${pictures}/${name}.png` });
}

it("takes a prospect from the first question over a reload to a booked tour that ResMan knows", async () => {
  const property = stack.demo.companies[0]!.properties[0]!;
  const page = await visit(property.id);
  const widget = widgetOn(page);
  await widget.launcher.click();
  await widget.say("Hi, are pets welcome?");
  await widget.message("Two pets per home are welcome").waitFor();
  await widget.say("I am looking for a one bedroom under $1700");
  await widget.message("available").first().waitFor();
  await picture(page, "before-reload");

  await page.reload();
  const again = widgetOn(page);
  await again.message("Two pets per home are welcome").waitFor();
  const texts = await again.texts();
  expect(texts.filter((text) => text.includes("Hi, are pets welcome?"))).toHaveLength(1);
  expect(texts.filter((text) => text.includes("Two pets per home are welcome"))).toHaveLength(1);

  await again.say("Can I come for a tour the day after tomorrow?");
  const slot = again.panel.getByRole("button", { name: /\d{1,2}:\d{2} [AP]M/ }).first();
  await slot.click();
  await again.panel.getByLabel("First name").fill("Nora");
  await again.panel.getByLabel("Last name").fill("Field");
  await again.panel.getByLabel(/mail/i).fill("nora.field@visitors.test");
  await picture(page, "contact-form");
  await again.panel.getByRole("button", { name: "Send details" }).click();
  await again.message("You are booked").waitFor();
  await picture(page, "booked");

  const staff = await stack.staff("admin@maple.test");
  const leads = await listAll<{ email: string | null; status: string }>(staff, "/api/leads");
  const mine = leads.filter((lead) => lead.email === "nora.field@visitors.test");
  expect(mine).toHaveLength(1);
  await expect
    .poll(
      async () =>
        (await (await fetch(`${stack.sandboxOrigin}/`)).text()).includes("nora.field@visitors.test"),
      {
        timeout: 30_000,
      },
    )
    .toBe(true);
  await expect
    .poll(
      async () => {
        const found = await listAll<{ email: string | null; status: string }>(staff, "/api/leads");
        return found.find((lead) => lead.email === "nora.field@visitors.test")?.status;
      },
      { timeout: 30_000 },
    )
    .toBe("tour_scheduled");
});

it("brings a person on request and shows what that person says", async () => {
  const property = stack.demo.companies[0]!.properties[0]!;
  const page = await visit(property.id);
  const widget = widgetOn(page);
  await widget.launcher.click();
  await widget.say("Can I talk to a person please?");
  await widget.message("handing you over").waitFor();
  const staff = await stack.staff("agent@maple.test");
  const waiting = `/api/conversations?property_id=${property.id}&status=waiting_for_agent&sort=-start_time`;
  const asking = async () => {
    const found = await listAll<{ id: string; last_message_text: string | null }>(staff, waiting);
    return found.find(({ last_message_text: text }) => text?.includes("handing you over"))?.id;
  };
  await expect.poll(asking, { timeout: 30_000 }).toBeTruthy();
  await staff.post(`/api/conversations/${await asking()}/messages`, { text: "Ola here, how can I help?" });
  await widget.message("Ola here, how can I help?").waitFor();
  expect(await widget.texts()).toContain("Ola here, how can I help?");
});

it("lets somebody who has forgotten the password choose another by the link of the mail, once", async () => {
  const email = stack.demo.companies[0]!.accounts.find(({ role }) => role === "viewer")!.email;
  const page = await context.newPage();
  problems = await watchPage(page);
  await page.goto(`${stack.origin}/reset-password`);
  await page.getByLabel("Your e-mail address").fill(email);
  await page.getByRole("button", { name: "Send me a link" }).click();
  await page.getByText("a link is on its way").waitFor();
  const link = await linkTo(email);
  await page.goto(link);
  await page.getByLabel("New password").fill("passwordpassword");
  await page.getByLabel("The same once more").fill("passwordpassword");
  await page.getByRole("button", { name: "Set password" }).click();
  await page.getByText("too common").waitFor();
  expect(page.url()).not.toContain("#");
  await page.getByLabel("New password").fill("a-long-and-rare-one");
  await page.getByLabel("The same once more").fill("a-long-and-rare-one");
  await picture(page, "reset-password");
  await page.getByRole("button", { name: "Set password" }).click();
  await page.getByText("Your password is set").waitFor();
  const login = (password: string) =>
    page.request.post(`${stack.origin}/api/auth/login`, { data: { email, password } });
  expect([
    (await login("a-long-and-rare-one")).status(),
    (await login(stack.demo.password)).status(),
  ]).toEqual([200, 401]);
  await page.goto("about:blank");
  await page.goto(link);
  await page.getByLabel("New password").fill("yet-another-rare-one");
  await page.getByLabel("The same once more").fill("yet-another-rare-one");
  await page.getByRole("button", { name: "Set password" }).click();
  await page.getByRole("button", { name: "Send me a link" }).waitFor();
});

/** The link in the latest mail to an address, once it is there. */
function linkTo(email: string): Promise<string> {
  return vi.waitFor(
    async () => {
      const answer = await fetch(`${stack.origin}/api/test/outbox?to=${encodeURIComponent(email)}`);
      const { data } = (await answer.json()) as { data: { subject: string; text: string }[] };
      const mail = data.find(({ subject }) => subject === "Choose a new password");
      return /https?:\S+/.exec(mail!.text)![0];
    },
    { timeout: 10_000, interval: 100 },
  );
}
