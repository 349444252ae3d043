import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backOffMs } from "./back-off.ts";
import type { Link } from "./chat-state.ts";
import { Connection } from "./connection.ts";

class FakeSocket extends EventTarget {
  sent: string[] = [];
  closed = false;
  send(text: string) {
    this.sent.push(text);
  }
  close() {
    this.closed = true;
  }
  open() {
    this.dispatchEvent(new Event("open"));
  }
  say(data: string) {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
  drop() {
    this.dispatchEvent(new Event("close"));
  }
}

function aLine(prepare: () => Promise<string> = () => Promise.resolve("wss://x")) {
  const sockets: FakeSocket[] = [];
  const links: Link[] = [];
  const heard: string[] = [];
  const world = { online: true, waitAfterFailure: 0 as number | null, prepared: 0 };
  const line = new Connection({
    prepare: () => ((world.prepared += 1), prepare()),
    openSocket() {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    isOnline: () => world.online,
    random: () => 1,
    onLink: (link) => links.push(link),
    onText: (text) => heard.push(text),
    onFailure: () => world.waitAfterFailure,
  });
  return { line, sockets, links, heard, world, last: () => sockets.at(-1) as FakeSocket };
}

async function anOpenLine() {
  const parts = aLine();
  parts.line.start();
  await vi.advanceTimersByTimeAsync(0);
  parts.last().open();
  return parts;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("doubles its pauses up to half a minute, and spreads them", () => {
  expect([0, 1, 2, 10, 1000].map((attempt) => backOffMs(attempt, () => 1))).toEqual([
    500, 1000, 2000, 30_000, 30_000,
  ]);
  expect(backOffMs(0, () => 0)).toBe(250);
});

describe("a dropped socket", () => {
  it("is replaced with a fresh address after a growing pause", async () => {
    const { line, sockets, last, world, links } = aLine();
    line.start();
    await vi.advanceTimersByTimeAsync(0);
    last().drop();
    await vi.advanceTimersByTimeAsync(499);
    expect(sockets).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect([sockets.length, world.prepared]).toEqual([2, 2]);
    last().drop();
    await vi.advanceTimersByTimeAsync(999);
    expect(sockets).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(sockets).toHaveLength(3);
    expect(links).toEqual(["connecting", "retrying"]);
  });

  it("resets the pause only once the new socket has said something", async () => {
    const { sockets, last } = await anOpenLine();
    last().say("{}");
    for (let i = 0; i < 3; i += 1) {
      last().drop();
      await vi.advanceTimersByTimeAsync(500);
      last().open();
      last().say("{}");
    }
    expect(sockets).toHaveLength(4);
    last().drop();
    await vi.advanceTimersByTimeAsync(500);
    last().open();
    last().drop();
    await vi.advanceTimersByTimeAsync(999);
    expect(sockets).toHaveLength(5);
  });

  it("is no longer listened to", async () => {
    const { sockets, last, heard } = await anOpenLine();
    last().drop();
    await vi.advanceTimersByTimeAsync(500);
    sockets[0]?.say("late");
    sockets[0]?.drop();
    expect([heard, sockets.length]).toEqual([[], 2]);
  });
});

describe("a silent socket", () => {
  it("is given up when a ping stays unanswered", async () => {
    const { sockets, last } = await anOpenLine();
    await vi.advanceTimersByTimeAsync(25_000);
    expect(last().sent).toEqual(["ping"]);
    await vi.advanceTimersByTimeAsync(8000);
    expect(sockets[0]?.closed).toBe(true);
    await vi.advanceTimersByTimeAsync(500);
    expect(sockets).toHaveLength(2);
  });

  it("is kept while pongs come, which nobody else hears of", async () => {
    const { sockets, last, heard } = await anOpenLine();
    for (let i = 0; i < 4; i += 1) {
      await vi.advanceTimersByTimeAsync(25_000);
      last().say("pong");
    }
    expect([sockets.length, heard]).toEqual([1, []]);
  });

  it("is given up when it never opens", async () => {
    const { line, sockets } = aLine();
    line.start();
    await vi.advanceTimersByTimeAsync(10_500);
    expect(sockets).toHaveLength(2);
  });

  it("is proven at once when the page wakes", async () => {
    const { line, sockets, last } = await anOpenLine();
    line.wake();
    expect(last().sent).toEqual(["ping"]);
    await vi.advanceTimersByTimeAsync(3500);
    expect(sockets).toHaveLength(2);
  });
});

describe("waking", () => {
  it("connects at once instead of waiting the pause out", async () => {
    const { line, sockets, world, links } = await anOpenLine();
    world.online = false;
    line.restart();
    expect(links.at(-1)).toBe("offline");
    world.online = true;
    line.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(sockets).toHaveLength(2);
  });

  it("asks for no second address while one is on its way", async () => {
    const { line, world } = aLine(() => new Promise(() => {}));
    line.start();
    line.wake();
    line.wake();
    expect(world.prepared).toBe(1);
    await vi.advanceTimersByTimeAsync(0);
  });

  it("keeps the wait a server asked for", async () => {
    const { line, world } = aLine(() => Promise.reject(new Error("429")));
    world.waitAfterFailure = 20_000;
    line.start();
    await vi.advanceTimersByTimeAsync(0);
    line.wake();
    await vi.advanceTimersByTimeAsync(19_999);
    expect(world.prepared).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(world.prepared).toBe(2);
  });

  it("ends a sleep, in which no socket is held", async () => {
    const { line, sockets } = await anOpenLine();
    line.sleep();
    await vi.advanceTimersByTimeAsync(120_000);
    expect([sockets.length, sockets[0]?.closed]).toEqual([1, true]);
    line.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(sockets).toHaveLength(2);
  });
});

it("stops trying when the server will not have it, until it is started again", async () => {
  const { line, links, world } = aLine(() => Promise.reject(new Error("403")));
  world.waitAfterFailure = null;
  line.start();
  await vi.advanceTimersByTimeAsync(600_000);
  expect([links.at(-1), world.prepared]).toEqual(["refused", 1]);
  line.start();
  expect(world.prepared).toBe(2);
});

it("sends nothing on a socket that is not open", async () => {
  const { line, last } = aLine();
  line.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(line.send({ type: "typing" })).toBe(false);
  last().open();
  expect(line.send({ type: "typing" })).toBe(true);
  expect(last().sent).toEqual(['{"type":"typing"}']);
});
