import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { builtWeb, launchBrowser, watchPage, widgetOn } from "./browser.ts";
import { FakeChatServer } from "./fake-chat-server.ts";

let browser: Browser;
let server: FakeChatServer;
let context: BrowserContext;
let page: Page;
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
beforeEach(async () => {
  server.reset();
  context = await browser.newContext();
  page = await context.newPage();
  problems = await watchPage(page);
});
afterEach(async () => {
  await context.close();
  if (problems.length > 0) throw new Error(problems.join("\n"));
});

async function anOpenChat() {
  await page.goto(server.pageUrl);
  const widget = widgetOn(page);
  await widget.launcher.click();
  return widget;
}

/** A chat in which one message has been answered, so that its room is there to be disturbed. */
async function aRunningChat() {
  const widget = await anOpenChat();
  await widget.say("first");
  await widget.message("About “first”").waitFor();
  return widget;
}

/** Whatever happened on the way, the visitor sees exactly what the room has stored, in its order. */
async function seesWhatIsStored(widget: ReturnType<typeof widgetOn>, count: number) {
  await vi.waitFor(
    async () => {
      expect(server.room.stored).toHaveLength(count);
      expect((await widget.texts()).slice(1)).toEqual(server.room.texts);
    },
    { timeout: 30_000, interval: 50 },
  );
}

describe("a message", () => {
  it("opens one conversation, is stored once and answered", async () => {
    const widget = await aRunningChat();
    await seesWhatIsStored(widget, 2);
    expect(server.callsTo("/api/conversations")).toHaveLength(1);
    expect(server.room.visitorTexts).toEqual(["first"]);
  });

  it.each([
    ["the socket drops before it is stored", { dropBeforeStore: 2 }],
    ["the socket drops after it is stored", { dropBeforeAnswer: 1 }],
    ["its acknowledgement is lost", { loseAck: 1 }],
    ["every frame comes twice", { repeatFrames: true }],
    ["the room says it is too much for now", { limit: 1 }],
  ])("is stored and shown once when %s", async (_name, faults) => {
    const widget = await aRunningChat();
    Object.assign(server.room.faults, faults);
    await widget.say("second");
    await seesWhatIsStored(widget, 4);
    expect(server.room.visitorTexts).toEqual(["first", "second"]);
  });

  it("keeps its place among others while sockets drop again and again", async () => {
    const widget = await aRunningChat();
    server.room.faults.silentBot = true;
    const texts = Array.from({ length: 12 }, (_, i) => `message ${i}`);
    for (const [i, text] of texts.entries()) {
      if (i % 3 === 0) server.room.faults.dropBeforeAnswer = 1;
      if (i % 3 === 1) server.room.faults.dropBeforeStore = 1;
      await widget.say(text);
      if (i % 4 === 0) server.room.dropSockets();
    }
    await seesWhatIsStored(widget, 14);
    expect(server.room.visitorTexts).toEqual(["first", ...texts]);
  });

  it("written offline is shown as waiting and leaves when the network is back", async () => {
    const widget = await aRunningChat();
    await context.setOffline(true);
    await widget.panel.getByText("You’re offline").waitFor();
    await widget.say("written in a tunnel");
    await widget.panel.getByText("Waiting to send").waitFor();
    expect(server.room.visitorTexts).toEqual(["first"]);
    await context.setOffline(false);
    await seesWhatIsStored(widget, 4);
    await widget.panel.getByText("You’re offline").waitFor({ state: "hidden" });
  });

  it("that is unsent survives a reload and is stored once", async () => {
    await aRunningChat();
    server.room.faults.dropBeforeStore = 100;
    await widgetOn(page).say("before the reload");
    await page.reload();
    const widget = widgetOn(page);
    await widget.message("before the reload").waitFor();
    server.room.faults.dropBeforeStore = 0;
    await seesWhatIsStored(widget, 4);
    expect(server.room.visitorTexts).toEqual(["first", "before the reload"]);
  });

  it("the room refuses says why and can be sent again", async () => {
    const widget = await aRunningChat();
    server.room.faults.refuseWith = "VALIDATION_ERROR";
    await widget.say("second");
    await widget.panel.getByText("Not sent: Not now").waitFor();
    server.room.faults.refuseWith = null;
    await widget.panel.getByRole("button", { name: "Try again" }).click();
    await seesWhatIsStored(widget, 4);
    expect(server.room.visitorTexts).toEqual(["first", "second"]);
  });

  it("too long is not sent, counted and kept", async () => {
    const widget = await aRunningChat();
    await widget.say("x".repeat(4001));
    await widget.panel.getByText("Too long by 1 character").waitFor();
    await widget.field.press("Backspace");
    await widget.panel.getByText("0 characters left").waitFor();
    expect(server.room.visitorTexts).toEqual(["first"]);
    await widget.field.press("Enter");
    await seesWhatIsStored(widget, 4);
  });
});

describe("what others write", () => {
  it("while the socket is down is shown when it is back", async () => {
    const widget = await aRunningChat();
    server.refusals["tickets"] = [503, 503];
    server.room.dropSockets();
    server.room.say("agent", "while you were away", { author_name: "Dana" });
    await seesWhatIsStored(widget, 3);
    expect(server.callsTo("/tickets").length).toBeGreaterThanOrEqual(4);
  });

  it("is asked for again when a frame is missing in between", async () => {
    const widget = await aRunningChat();
    server.room.faults.loseReply = 1;
    server.room.say("bot", "lost on the way");
    server.room.say("bot", "arrived");
    await seesWhatIsStored(widget, 4);
    expect(server.room.heard).toContainEqual({ type: "resume", after: 2 });
  });

  it("is there after a reload in the middle of the conversation, with the panel still open", async () => {
    await aRunningChat();
    await page.reload();
    const widget = widgetOn(page);
    await widget.message("About “first”").waitFor();
    await widget.say("second");
    await seesWhatIsStored(widget, 4);
    expect(server.rooms.size).toBe(1);
  });

  it("is counted on the launcher until it is read", async () => {
    const widget = await aRunningChat();
    await page.keyboard.press("Escape");
    server.room.say("agent", "one");
    server.room.say("agent", "two");
    await page.getByRole("button", { name: "Open chat, 2 unread messages" }).click();
    await page.getByRole("button", { name: "Open chat", exact: true }).waitFor();
    await vi.waitFor(() => expect(server.room.heard).toContainEqual({ type: "seen", seq: 4 }));
    await seesWhatIsStored(widget, 4);
  });

  it("reaches a visitor whose socket died without a word, as soon as the page is looked at", async () => {
    const widget = await aRunningChat();
    server.room.muteSockets();
    server.room.say("agent", "into the void");
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await vi.waitFor(() => expect(server.callsTo("/tickets")).toHaveLength(2), { timeout: 10_000 });
    await seesWhatIsStored(widget, 3);
  });

  it("never becomes markup", async () => {
    const widget = await aRunningChat();
    server.room.say("agent", '<img src=x onerror="document.title=1"> see https://maple.example/a?b=1.');
    const link = widget.panel.getByRole("link", { name: "https://maple.example/a?b=1" });
    await link.waitFor();
    expect(await link.getAttribute("rel")).toContain("noopener");
    expect(await widget.panel.locator(".text img").count()).toBe(0);
  });
});

describe("the server's refusals", () => {
  it("of a token that ran out are met with a new session, unseen", async () => {
    const widget = await aRunningChat();
    server.expireTokens();
    server.room.dropSockets();
    await widget.say("second");
    await seesWhatIsStored(widget, 4);
    expect(server.callsTo("/session")).toHaveLength(2);
  });

  it("of too many calls are shown, waited out, and cost no message", async () => {
    const widget = await anOpenChat();
    server.refusals["conversations"] = [429];
    await widget.say("first");
    await widget.panel.getByText("That was a lot at once").waitFor();
    await widget.message("About “first”").waitFor();
    await seesWhatIsStored(widget, 2);
    await widget.panel.getByText("That was a lot at once").waitFor({ state: "hidden" });
    expect(server.callsTo("/api/conversations")).toHaveLength(2);
  });

  it("of a session at the start leave a launcher whose first message arrives later", async () => {
    server.refusals["session"] = [503, 503];
    const widget = await anOpenChat();
    await widget.say("first");
    await widget.message("About “first”").waitFor();
    await seesWhatIsStored(widget, 2);
    expect(server.callsTo("/api/conversations")).toHaveLength(1);
  });

  it("of an unknown key leave the page as it was, and tell it", async () => {
    server.refusals["session"] = [404];
    await page.addInitScript(() => {
      window.addEventListener("domiq:error", (event) => {
        document.title = (event as CustomEvent<{ code: string }>).detail.code;
      });
    });
    await page.goto(server.pageUrl);
    await page.waitForFunction(() => document.title === "NO");
    expect(await widgetOn(page).launcher.count()).toBe(0);
  });

  it("of a conversation that is over begin a new one with the next message", async () => {
    const widget = await aRunningChat();
    const old = server.room;
    server.rooms.clear();
    old.dropSockets();
    await widget.panel.getByText("That conversation has ended").waitFor();
    await widget.say("anew");
    await widget.message("About “anew”").waitFor();
    await seesWhatIsStored(widget, 2);
    expect(server.room.visitorTexts).toEqual(["anew"]);
  });
});
